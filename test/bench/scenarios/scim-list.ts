import type { Workload } from "../scenario.ts";
import type { ScimClient } from "../world/scim-client.ts";
import type { Subject } from "../world/subject.ts";

const PAGE = 100;
const WARM_UP = 100;

/** Pages of 100 users by cursor, each lane walking on through a directory of so many, and again from its start. */
export function listPages(subject: Subject, scim: ScimClient): Workload {
  const cursors = new Map<number, string>();
  const next = async (lane: number) => {
    const { users, nextCursor } = await scim.listUsers(cursors.get(lane) ?? "", PAGE);
    if (users === 0) {
      throw new Error("a page was empty");
    }
    cursors.set(lane, nextCursor ?? "");
  };
  return {
    measured: subject,
    warmUp: (load) => load.each(Array(WARM_UP), (_, lane) => next(lane)),
    round: (load) => load.forSeconds(next),
  };
}
