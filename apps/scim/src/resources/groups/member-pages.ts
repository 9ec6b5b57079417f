import type { Directory } from "../../directory/directory.ts";
import type { Services } from "../services.ts";
import { MEMBERS_AT_ONCE, MEMBERS_BEHIND } from "./queries.ts";

/** [id, display] of one member, and what it is: a user if it does not say. */
export type Member = readonly [id: string, display: string, type?: "Group"];

/**
 * The members of a group behind one of them, page by page, each read when the one before it is written: a group of any
 * size is never in memory. They are as they are when they are read.
 */
export async function* membersBehind(
  { statements }: Services,
  directory: Directory,
  groupId: string,
  memberId: string,
): AsyncGenerator<readonly Member[]> {
  const pageBehind = async (id: string) => {
    const values = [groupId, directory.organizationId, id];
    const rows = await statements.query<MemberRow>(directory, MEMBERS_BEHIND, values);
    return rows.map((row): Member => [row.id, row.display]);
  };
  for (let last: Member | undefined = [memberId, ""]; last !== undefined; ) {
    const page: readonly Member[] = await pageBehind(last[0]);
    if (page.length > 0) {
      yield page;
    }
    last = page.length === MEMBERS_AT_ONCE ? page.at(-1) : undefined;
  }
}

interface MemberRow {
  readonly id: string;
  readonly display: string;
}
