import { admitUsers, type Batch, deleteTombstones, takeDirtyUsers } from "@sallyport/directories";
import { recordEvents } from "@sallyport/events";
import { applyDirectory } from "@sallyport/people";
import { revokeSessions } from "@sallyport/sessions";
import type { ReachCheckpoint } from "./checkpoint.ts";

export interface UserProgress {
  readonly taken: number;
  /** The last one's id; null when there was none. */
  readonly last: string | null;
  readonly sessionsEnded: number;
  /** Others were marked, who may have a seat now: wherever their ids lie. */
  readonly marked: boolean;
}

/** One batch of dirty directory users: people are brought to what their directories say of them. */
export async function reconcileUsers(batch: Batch, reach: ReachCheckpoint): Promise<UserProgress> {
  const { users: dirty, last, hasPending, count } = await takeDirtyUsers(batch);
  if (dirty.length === 0) {
    return { taken: count, last, sessionsEnded: 0, marked: false };
  }
  await reach("usersTaken");
  if (hasPending) {
    await admitUsers(
      batch,
      dirty.map(({ id }) => id),
    );
  }

  // What a directory in review pushed is looked at when the review ends.
  const applied = dirty.filter(({ inReview }) => !inReview);
  const { events, endedUserIds, keptUserIds, seatsOffered } = await applyDirectory(batch, applied);
  const sessionsEnded = await endSessions(batch, endedUserIds);
  await deleteTombstones(
    batch,
    dirty.filter(({ userId }) => userId === null || !keptUserIds.has(userId)),
  );
  const actor = { type: "system" } as const;
  await recordEvents(
    batch.sql,
    events.map((event) => ({ ...event, actor })),
  );
  await reach("usersApplied");
  return { taken: count, last, sessionsEnded, marked: seatsOffered };
}

/** After the memberships: a sign-in that came first has its session revoked here, one that waited for us is refused. */
async function endSessions(batch: Batch, userIds: readonly string[]): Promise<number> {
  if (userIds.length === 0) {
    return 0;
  }
  const ended = await revokeSessions(
    batch.sql,
    batch.organizationId,
    { userIds },
    { reason: "membership_suspended", actor: { type: "system" }, now: batch.now },
  );
  return ended.length;
}
