import type { EventDraft } from "@sallyport/events";
import { recordConflicts } from "../conflicts/record.ts";
import { noteDeleted } from "../erasure/erasures.ts";
import { guardAccess } from "../guard/guard.ts";
import { readRules } from "../policy/policy.ts";
import { offerSeats } from "../policy/seats.ts";
import { type AccessDecisions, decideAccess, endedBy, storeAccess } from "./access.ts";
import { applyToAsserted } from "./asserted.ts";
import type { Batch, PushedUser } from "./batch.ts";
import { createdForOne, decideLinks, deleteAbandoned, type Link, storeLinks } from "./link.ts";
import type { MembershipChange } from "./memberships.ts";
import { createUsers, updateProfiles } from "./profiles.ts";

export type { Batch, PushedUser } from "./batch.ts";

export interface DirectoryChanges {
  readonly events: readonly EventDraft[];
  /** Users whose sessions must end, in the same transaction. */
  readonly endedUserIds: readonly string[];
  /** Users who would be suspended and are held: the directory users that stand for them are still needed. */
  readonly keptUserIds: ReadonlySet<string>;
  /** Others were marked, who may have a seat now. */
  readonly seatsOffered: boolean;
}

/**
 * Brings people to what their directories say: each pushed user linked to its user, then that user's profile, membership
 * and bindings to what all directory users linked to it say together. To be called under `lockPeople`, with the directory
 * users as they are in this transaction; doing it twice changes nothing.
 */
export async function applyDirectory(batch: Batch, pushed: readonly PushedUser[]): Promise<DirectoryChanges> {
  const rules = await readRules(batch.sql, batch.organizationId, batch.now);
  const { precedence, seats } = rules.policy;
  const { links, conflicts, abandoned } = await decideLinks(batch, pushed);
  const created = await createUsers(batch, links);
  await storeLinks(batch, links);
  const deleted = await deleteAbandoned(batch, abandoned);
  const raised = await recordConflicts(batch.sql, batch.organizationId, conflicts, batch.now);

  const userIds = [...new Set([...links.map(({ userId }) => userId), ...abandoned])];
  const made = new Set(links.filter(({ isNewUser }) => isNewUser).map(({ userId }) => userId));
  // Somebody made here has the profile of their directory user already, unless another one stands for them, too.
  const complete = createdForOne(links);
  const updated = await updateProfiles(
    batch,
    userIds.filter((userId) => !complete.has(userId)),
    precedence,
  );
  const decided = await decideAccess(batch, userIds, { made, purpose: "change", mappings: null, rules });
  const { access, ...guarded } = await guardAccess(batch, decided, directoryOf(pushed, links));
  const stored = await storeAccess(batch, access);
  const seatsOffered = seats !== null && (deleted.length > 0 || access.memberships.changed.some(freesSeat));
  if (seatsOffered) {
    await offerSeats(batch.sql, batch.organizationId, batch.now);
  }
  await noteGone(batch, decided);
  const asserted = await applyToAsserted(batch, pushed);
  return {
    events: [...created, ...deleted, ...updated, ...stored, ...guarded.events, ...raised, ...asserted.events],
    endedUserIds: [...new Set([...endedBy(access), ...asserted.endedUserIds])],
    keptUserIds: guarded.keptUserIds,
    seatsOffered,
  };
}

function freesSeat({ before, after }: MembershipChange): boolean {
  return before.status === "active" && after.status !== "active";
}

/** Whom a directory deleted is erased after a time, unless they are back by then. */
function noteGone(
  { sql, organizationId, now }: Batch,
  { gone, memberships }: AccessDecisions,
): Promise<void> {
  const byUser = new Map(memberships.memberships.map(({ userId, id }) => [userId, id]));
  const people = gone.map((userId) => ({ userId, membershipId: byUser.get(userId) ?? null }));
  return noteDeleted(sql, organizationId, people, now);
}

/** The directory that spoke of a user in this batch. */
function directoryOf(pushed: readonly PushedUser[], links: readonly Link[]): (userId: string) => string {
  const directories = new Map(pushed.map(({ id, directoryId }) => [id, directoryId]));
  const found = new Map<string, string>();
  for (const { userId, directoryUserId } of links) {
    found.set(userId, found.get(userId) ?? directories.get(directoryUserId) ?? "");
  }
  const [any] = directories.values();
  // Whose directory users all turned out to stand for others was spoken of by one of the batch.
  return (userId) => found.get(userId) ?? any ?? "";
}
