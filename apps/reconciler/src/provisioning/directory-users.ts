import type { Batch } from "./batch.ts";

/** A directory user whose newest generation was not looked at. */
export interface DirtyUser {
  readonly id: string;
  readonly userId: string | null;
  readonly email: string | null;
  /** The email's domain is verified by this same organization. */
  readonly emailVerified: boolean;
  readonly deleted: boolean;
}

/** A directory user and the user that it stands for. */
export interface Link {
  readonly directoryUserId: string;
  readonly userId: string;
  /** The user is to be created. */
  readonly isNew: boolean;
}

/**
 * Whether the domain of a directory user's email, of the table alias `du`, is verified by its own organization.
 * A verified domain belongs to one organization only.
 */
export const EMAIL_VERIFIED = `EXISTS (
  SELECT 1 FROM domains d
  WHERE d.organization_id = du.organization_id AND d.verified_name = substring(du.email FROM '@([^@]*)$'))`;

/**
 * Reads and locks a batch of dirty rows. Locked, a row keeps the generation that was read until the commit, so what is
 * marked as observed is what was seen; a SCIM request for the same user waits for that long. A row that a request is
 * just changing is passed over: it will ask again itself.
 */
export async function lockDirtyUsers(batch: Batch): Promise<DirtyUser[]> {
  const { rows } = await batch.sql.query<{
    id: string;
    user_id: string | null;
    email: string | null;
    email_verified: boolean;
    deleted: boolean;
  }>(
    `SELECT du.id, du.user_id, du.email, ${EMAIL_VERIFIED} AS email_verified, du.deleted_at IS NOT NULL AS deleted
     FROM directory_users du
     WHERE du.organization_id = $1 AND du.id > $3 AND du.generation > du.observed_generation
     ORDER BY du.id LIMIT $2
     FOR NO KEY UPDATE OF du SKIP LOCKED`,
    [batch.organizationId, batch.limit, batch.after],
    "reconcile_dirty_users",
  );
  return rows.map((row) => ({
    id: row.id,
    userId: row.user_id,
    email: row.email,
    emailVerified: row.email_verified,
    deleted: row.deleted,
  }));
}

/** Sets the links, and the observed generation to the one that was read. */
export async function markObserved(
  batch: Batch,
  dirty: readonly DirtyUser[],
  links: readonly Link[],
): Promise<void> {
  const userIdOf = new Map(links.map((link) => [link.directoryUserId, link.userId]));
  await batch.sql.query(
    `UPDATE directory_users du SET user_id = seen.user_id, observed_generation = du.generation
     FROM unnest($2::uuid[], $3::uuid[]) AS seen (id, user_id)
     WHERE du.organization_id = $1 AND du.id = seen.id`,
    [batch.organizationId, dirty.map((user) => user.id), dirty.map((user) => userIdOf.get(user.id) ?? null)],
    "reconcile_mark_observed",
  );
}

/** Deletes the tombstones of the batch, once their consequences were drawn. */
export async function deleteObserved(batch: Batch, dirty: readonly DirtyUser[]): Promise<void> {
  const ids = dirty.filter((user) => user.deleted).map((user) => user.id);
  if (ids.length === 0) return;
  await batch.sql.query("DELETE FROM directory_users WHERE organization_id = $1 AND id = ANY($2::uuid[])", [
    batch.organizationId,
    ids,
  ]);
}
