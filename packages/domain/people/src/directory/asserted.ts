import { elementsOf } from "@sallyport/database";
import type { EventDraft } from "@sallyport/events";
import { endedAmong } from "../ended.ts";
import type { Identifier } from "../identifiers.ts";
import type { DirectoryWord } from "../membership.ts";
import { type Batch, knownBy, type PushedUser } from "./batch.ts";

export interface AssertedChanges {
  readonly events: readonly EventDraft[];
  readonly endedUserIds: readonly string[];
}

interface Asserted {
  readonly membershipId: string;
  readonly userId: string;
  readonly directory: DirectoryWord | null;
  /** All by which their logins may have been those of a directory user. */
  readonly identifiers: readonly Identifier[];
}

/**
 * What a directory says of somebody reaches also those who only ever asserted to be that person, and for whom no directory
 * user stands: as somebody whom it ended nobody goes on; once it has the person active again, they may.
 */
export async function applyToAsserted(batch: Batch, pushed: readonly PushedUser[]): Promise<AssertedChanges> {
  const changes = await decideAsserted(batch, pushed, "change");
  await setDirectory(batch, changes);
  return {
    events: changes.map(({ membershipId, userId, directory, next }) => ({
      organizationId: batch.organizationId,
      type: "membership.updated",
      resource: { type: "membership", id: membershipId },
      before: { directory },
      after: { directory: next },
      data: { userId },
    })),
    endedUserIds: changes.filter(({ next }) => next === "ended").map(({ userId }) => userId),
  };
}

interface AssertedChange extends Asserted {
  readonly next: "ended" | null;
}

/** What becomes of those who only ever asserted to be somebody. Changes nothing. */
export async function decideAsserted(
  batch: Batch,
  pushed: readonly PushedUser[],
  purpose: "plan" | "change",
): Promise<AssertedChange[]> {
  // A user whose identifier changed may have been the only active one with the former.
  const mayEnd = pushed.some(
    ({ active, deleted, identified, userId }) => !active || deleted || (identified && userId !== null),
  );
  if (!mayEnd && !(await hasEnded(batch))) {
    return [];
  }
  const told = [...pushed.flatMap(knownBy), ...(await formerIdentifiers(batch, pushed))];
  const asserted = await findAsserted(batch, [...new Set(told)], purpose);
  const ended = await endedAmong(batch.sql, batch.organizationId, [
    ...new Set(asserted.flatMap(({ identifiers }) => identifiers)),
  ]);
  return asserted.flatMap((person) => {
    const next = person.identifiers.some((identifier) => ended.has(identifier)) ? ("ended" as const) : null;
    return next === person.directory ? [] : [{ ...person, next }];
  });
}

/** Whether there is anybody whom a directory ended and for whom none of its users stands. */
async function hasEnded(batch: Batch): Promise<boolean> {
  const { rows } = await batch.sql.query(
    "SELECT 1 FROM memberships WHERE organization_id = $1 AND directory = 'ended' AND source <> 'directory' LIMIT 1",
    [batch.organizationId],
    "people_has_ended",
  );
  return rows.length > 0;
}

/** By what directory users were known once, and are no longer. */
async function formerIdentifiers(batch: Batch, pushed: readonly PushedUser[]): Promise<string[]> {
  const { rows } = await batch.sql.query<{ value: string }>(
    `SELECT DISTINCT value FROM directory_identifiers
     WHERE directory_user_id = ANY($2::uuid[]) AND NOT current AND organization_id = $1`,
    [batch.organizationId, pushed.map(({ id }) => id)],
    "people_former_identifiers",
  );
  return rows.map(({ value }) => value);
}

/**
 * Members for whom no directory user stands, and who asserted one of the identifiers. To change them, their memberships are
 * locked. Looked up one by one: all at once, the index compares every identity that it finds with every identifier that is asked for.
 */
async function findAsserted(
  batch: Batch,
  identifiers: readonly Identifier[],
  purpose: "plan" | "change",
): Promise<Asserted[]> {
  const { rows } = await batch.sql.query<{
    id: string;
    user_id: string;
    directory: DirectoryWord | null;
    identifiers: string[];
  }>(
    `SELECT m.id, m.user_id, m.directory,
            ARRAY(SELECT DISTINCT unnest(i.identifiers) FROM identities i WHERE i.user_id = m.user_id) AS identifiers
     FROM memberships m
     WHERE m.organization_id = $1
       AND m.user_id = ANY(ARRAY(
         SELECT i.user_id FROM ${elementsOf("$2::text[]")} AS told (identifier)
         JOIN identities i ON i.identifiers @> ARRAY[told.identifier] AND i.organization_id = $1))
       AND m.directory IS DISTINCT FROM 'active' AND m.directory IS DISTINCT FROM 'released'
       AND NOT EXISTS (SELECT 1 FROM directory_user_links l WHERE l.user_id = m.user_id)
     ORDER BY m.id
     ${purpose === "change" ? "FOR NO KEY UPDATE" : ""}`,
    [batch.organizationId, identifiers],
    purpose === "change" ? "people_find_asserted" : "people_plan_asserted",
  );
  return rows.map((row) => ({
    membershipId: row.id,
    userId: row.user_id,
    directory: row.directory,
    identifiers: row.identifiers,
  }));
}

async function setDirectory(
  batch: Batch,
  changes: readonly { readonly membershipId: string; readonly next: DirectoryWord | null }[],
): Promise<void> {
  if (changes.length === 0) {
    return;
  }
  await batch.sql.query(
    `UPDATE memberships m SET directory = next.directory, updated_at = $4
     FROM unnest($2::uuid[], $3::directory_word[]) AS next (id, directory)
     WHERE m.id = next.id AND m.organization_id = $1`,
    [
      batch.organizationId,
      changes.map(({ membershipId }) => membershipId),
      changes.map(({ next }) => next),
      batch.now,
    ],
    "people_set_directory",
  );
}
