import { emailValues } from "../email-values.ts";
import type { Batch } from "./batch.ts";

/** A directory user that changed since it was last looked at. */
export interface PushedUser {
  readonly id: string;
  readonly directoryId: string;
  readonly active: boolean;
  readonly deleted: boolean;
  readonly userName: string;
  readonly externalId: string | null;
  /** The values of its emails, as they were pushed. */
  readonly emails: readonly string[];
  /** The primary one, or else the first; canonical, null when it is no address. */
  readonly email: string | null;
  /** The user that it stands for until now. */
  readonly userId: string | null;
  /** By what its directory knows it has changed, or what that counts for. */
  readonly identified: boolean;
}

/** What `takeDirtyUsers` took. */
export interface Taken {
  readonly users: PushedUser[];
  /** The last id that had marks; null when none had. */
  readonly last: string | null;
  /** The organization has members that were pushed before they came. */
  readonly hasPending: boolean;
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
    directory_id: string | null;
    active: boolean;
    deleted: boolean;
    user_name: string;
    external_id: string | null;
    email: string | null;
    emails: unknown;
    user_id: string | null;
    identified: boolean;
    has_pending: boolean;
  }>(
    `WITH dirty AS MATERIALIZED (
       SELECT directory_user_id AS id, bool_or(identified) AS identified FROM dirty_directory_users
       WHERE organization_id = $1 AND directory_user_id > $3
       GROUP BY 1 ORDER BY 1 LIMIT $2
     ), taken AS (
       DELETE FROM dirty_directory_users
       WHERE organization_id = $1 AND directory_user_id = ANY(ARRAY(SELECT id FROM dirty))
     )
     SELECT dirty.id, dirty.identified, l.user_id, du.directory_id, du.active, du.deleted_at IS NOT NULL AS deleted,
            du.user_name, du.external_id, du.email, du.resource -> 'emails' AS emails,
            EXISTS (SELECT 1 FROM directory_pending_members WHERE organization_id = $1) AS has_pending
     FROM dirty
     LEFT JOIN directory_users du ON du.id = dirty.id AND du.organization_id = $1
     LEFT JOIN directory_user_links l ON l.directory_user_id = du.id
     ORDER BY dirty.id`,
    [batch.organizationId, batch.limit, batch.after],
    "reconcile_take_dirty_users",
  );
  const users = rows.flatMap((row): PushedUser[] =>
    row.directory_id === null
      ? []
      : [
          {
            id: row.id,
            directoryId: row.directory_id,
            active: row.active,
            deleted: row.deleted,
            userName: row.user_name,
            externalId: row.external_id,
            emails: emailValues(row.emails),
            email: row.email,
            userId: row.user_id,
            identified: row.identified,
          },
        ],
  );
  const hasPending = rows[0]?.has_pending === true;
  return { users, last: rows.at(-1)?.id ?? null, hasPending, count: rows.length };
}

/**
 * Deletes the tombstones of the batch, once their consequences were drawn. Their links and identifiers stay: they say whose
 * access was ended, and whose it is when they are pushed anew.
 */
export async function deleteTombstones(batch: Batch, dirty: readonly PushedUser[]): Promise<void> {
  const ids = dirty.filter((user) => user.deleted).map((user) => user.id);
  if (ids.length === 0) {
    return;
  }
  await batch.sql.query("DELETE FROM directory_users WHERE organization_id = $1 AND id = ANY($2::uuid[])", [
    batch.organizationId,
    ids,
  ]);
}
