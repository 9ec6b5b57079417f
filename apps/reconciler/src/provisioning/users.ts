import { recordAudit } from "@sallyport/audit";
import { revokeSessions } from "@sallyport/sessions";
import type { ReachCheckpoint } from "../checkpoint.ts";
import type { Batch } from "./batch.ts";
import { applyBindings } from "./bindings.ts";
import { deleteObserved, insertLinks, takeDirtyUsers } from "./directory-users.ts";
import { applyMemberships } from "./memberships.ts";
import { createPeople, linkPeople, updateProfiles } from "./people.ts";

export interface UserProgress {
  readonly observed: number;
  /** The last one's id; null when there was none. */
  readonly last: string | null;
  readonly sessionsEnded: number;
}

/**
 * One batch of dirty directory users: each linked to its user, then that user's profile, membership and bindings
 * brought to what all directory users linked to it say together.
 */
export async function observeUsers(batch: Batch, reach: ReachCheckpoint): Promise<UserProgress> {
  const { users: dirty, last, count } = await takeDirtyUsers(batch);
  if (dirty.length === 0) return { observed: count, last, sessionsEnded: 0 };
  await reach("usersTaken");

  const links = await linkPeople(batch, dirty);
  const created = await createPeople(batch, links);
  await insertLinks(batch, links);
  const userIds = [...new Set(links.map((link) => link.userId))];

  const updated = await updateProfiles(batch, userIds);
  const changes = await applyMemberships(batch, userIds);
  const sessionsEnded = await endSessions(batch, changes.suspendedUserIds);
  const bindings = await applyBindings(batch, changes.memberships, changes.withoutJitBindings);
  await deleteObserved(batch, dirty);
  await recordAudit(batch.sql, [...created, ...updated, ...changes.events, ...bindings]);
  await reach("usersApplied");
  return { observed: count, last, sessionsEnded };
}

/** After the memberships: a sign-in that came first has its session revoked here, one that waited for us is refused. */
async function endSessions(batch: Batch, userIds: readonly string[]): Promise<number> {
  if (userIds.length === 0) return 0;
  const ended = await revokeSessions(
    batch.sql,
    batch.organizationId,
    { userIds },
    { reason: "membership_suspended", actor: { type: "system" }, now: batch.now },
  );
  return ended.length;
}
