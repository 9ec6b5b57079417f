import { checked } from "@sallyport/database";
import type { Batch } from "./batch.ts";

/** A directory user that changed since it was last looked at. */
export interface DirtyUser {
  readonly id: string;
  /** The user that it is linked to. */
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
  /** Not linked until now. */
  readonly isNew: boolean;
  /** The user is to be created. */
  readonly isNewUser: boolean;
}

/**
 * Whether the domain of a directory user's email, of the table alias `du`, is verified by its own organization.
 * A verified domain belongs to one organization only.
 */
export const EMAIL_VERIFIED = `EXISTS (
  SELECT 1 FROM domains d
  WHERE d.organization_id = du.organization_id AND d.verified_name = substring(du.email FROM '@([^@]*)$'))`;

/**
 * The directory users `du` that are linked to users, by their links `l`: each looked up from its link, whatever the
 * planner takes the tables for.
 */
export const LINKED = `directory_user_links l CROSS JOIN LATERAL (
  SELECT du.* FROM directory_users du WHERE du.id = l.directory_user_id OFFSET 0) du`;

/** What `takeDirtyUsers` took. */
export interface Taken {
  readonly users: DirtyUser[];
  /** The last id that had marks; null when none had. */
  readonly last: string | null;
  /** Ids that had marks: more than users where some are deleted already. */
  readonly count: number;
}

/**
 * Takes the marks of a batch of directory users, and reads these as they are in the same snapshot: so nothing that
 * changed is taken unseen. What changes later leaves a mark of its own, which the next batch finds, whatever of the
 * change this one happens to see. Nothing is locked: no SCIM request waits for a batch, and no batch for a request.
 */
export async function takeDirtyUsers(batch: Batch): Promise<Taken> {
  const { rows } = await batch.sql.query<{
    id: string;
    user_id: string | null;
    email: string | null;
    email_verified: boolean;
    deleted: boolean;
    found: boolean;
  }>(
    `WITH dirty AS MATERIALIZED (
       SELECT DISTINCT directory_user_id AS id FROM dirty_directory_users
       WHERE organization_id = $1 AND directory_user_id > $3
       ORDER BY 1 LIMIT $2
     ), taken AS (
       DELETE FROM dirty_directory_users
       WHERE organization_id = $1 AND directory_user_id = ANY(ARRAY(SELECT id FROM dirty))
     )
     SELECT dirty.id, l.user_id, du.email, ${EMAIL_VERIFIED} AS email_verified, du.deleted_at IS NOT NULL AS deleted,
            du.id IS NOT NULL AS found
     FROM dirty
     LEFT JOIN LATERAL (
       SELECT du.* FROM directory_users du WHERE du.id = dirty.id AND ${checked("du.organization_id = $1")} OFFSET 0
     ) du ON true
     LEFT JOIN LATERAL (
       SELECT l.user_id FROM directory_user_links l WHERE l.directory_user_id = du.id OFFSET 0
     ) l ON true
     ORDER BY dirty.id`,
    [batch.organizationId, batch.limit, batch.after],
    "reconcile_take_dirty_users",
  );
  const users = rows
    .filter((row) => row.found)
    .map((row) => ({
      id: row.id,
      userId: row.user_id,
      email: row.email,
      emailVerified: row.email_verified,
      deleted: row.deleted,
    }));
  return { users, last: rows.at(-1)?.id ?? null, count: rows.length };
}

/** Stores the links that are new. */
export async function insertLinks(batch: Batch, links: readonly Link[]): Promise<void> {
  const fresh = links.filter((link) => link.isNew);
  if (fresh.length === 0) return;
  await batch.sql.query(
    `INSERT INTO directory_user_links (directory_user_id, user_id)
     SELECT id, user_id FROM unnest($1::uuid[], $2::uuid[]) AS made (id, user_id)`,
    [fresh.map((link) => link.directoryUserId), fresh.map((link) => link.userId)],
    "reconcile_insert_links",
  );
}

/** Deletes the tombstones of the batch, once their consequences were drawn. */
export async function deleteObserved(batch: Batch, dirty: readonly DirtyUser[]): Promise<void> {
  const ids = dirty.filter((user) => user.deleted).map((user) => user.id);
  if (ids.length === 0) return;
  await batch.sql.query(
    `WITH unlinked AS (DELETE FROM directory_user_links WHERE directory_user_id = ANY($2::uuid[]))
     DELETE FROM directory_users WHERE organization_id = $1 AND id = ANY($2::uuid[])`,
    [batch.organizationId, ids],
  );
}
