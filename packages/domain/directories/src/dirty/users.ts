import type { Sql } from "@sallyport/database";
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
  /** Its directory is in review: nobody's access depends on it yet. */
  readonly inReview: boolean;
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
  const { rows } = await batch.sql.query<Row & { directory_id: string | null; has_pending: boolean }>(
    `WITH dirty AS MATERIALIZED (
       SELECT directory_user_id AS id, bool_or(identified) AS identified FROM dirty_directory_users
       WHERE organization_id = $1 AND directory_user_id > $3
       GROUP BY 1 ORDER BY 1 LIMIT $2
     ), taken AS (
       DELETE FROM dirty_directory_users
       WHERE organization_id = $1 AND directory_user_id = ANY(ARRAY(SELECT id FROM dirty))
     )
     SELECT dirty.id, dirty.identified, ${PUSHED},
            EXISTS (SELECT 1 FROM directory_pending_members WHERE organization_id = $1) AS has_pending
     FROM dirty
     LEFT JOIN directory_users du ON du.id = dirty.id AND du.organization_id = $1
     LEFT JOIN directories d ON d.id = du.directory_id
     LEFT JOIN directory_user_links l ON l.directory_user_id = du.id
     ORDER BY dirty.id`,
    [batch.organizationId, batch.limit, batch.after],
    "reconcile_take_dirty_users",
  );
  const users = rows.flatMap((row) => (row.directory_id === null ? [] : [pushedUserOf(row)]));
  const hasPending = rows[0]?.has_pending === true;
  return { users, last: rows.at(-1)?.id ?? null, hasPending, count: rows.length };
}

// Of directory users `du` of directories `d`, with their links `l`.
const PUSHED = `l.user_id, du.directory_id, d.in_review, du.active, du.deleted_at IS NOT NULL AS deleted,
            du.user_name, du.external_id, du.email, du.resource -> 'emails' AS emails`;

interface Row {
  readonly id: string;
  readonly directory_id: string | null;
  readonly in_review: boolean;
  readonly active: boolean;
  readonly deleted: boolean;
  readonly user_name: string;
  readonly external_id: string | null;
  readonly email: string | null;
  readonly emails: unknown;
  readonly user_id: string | null;
  readonly identified: boolean;
}

function pushedUserOf(row: Row): PushedUser {
  return {
    id: row.id,
    directoryId: row.directory_id ?? "",
    inReview: row.in_review,
    active: row.active,
    deleted: row.deleted,
    userName: row.user_name,
    externalId: row.external_id,
    emails: emailValues(row.emails),
    email: row.email,
    userId: row.user_id,
    identified: row.identified,
  };
}

/** A directory's users behind one of them, in the order in which batches take them: as if each were marked. */
export async function readPushedUsers(
  sql: Sql,
  organizationId: string,
  directoryId: string,
  { after, limit }: Pick<Batch, "after" | "limit">,
): Promise<PushedUser[]> {
  const { rows } = await sql.query<Row>(
    `SELECT du.id, true AS identified, ${PUSHED}
     FROM directory_users du
     JOIN directories d ON d.id = du.directory_id
     LEFT JOIN directory_user_links l ON l.directory_user_id = du.id
     WHERE du.organization_id = $1 AND du.directory_id = $2 AND du.id > $3
     ORDER BY du.id LIMIT $4`,
    [organizationId, directoryId, after, limit],
    "reconcile_read_pushed_users",
  );
  return rows.map(pushedUserOf);
}

/**
 * Deletes the tombstones of the batch, once their consequences were drawn. Their links and identifiers stay: they say whose
 * access was ended, and whose it is when they are pushed anew. In review nobody's was.
 */
export async function deleteTombstones(batch: Batch, dirty: readonly PushedUser[]): Promise<void> {
  const deleted = dirty.filter((user) => user.deleted);
  const ids = deleted.map((user) => user.id);
  if (ids.length === 0) {
    return;
  }
  if (deleted.some(({ inReview }) => inReview)) {
    await batch.sql.query(
      "DELETE FROM directory_identifiers WHERE organization_id = $1 AND directory_user_id = ANY($2::uuid[])",
      [batch.organizationId, deleted.filter(({ inReview }) => inReview).map(({ id }) => id)],
    );
  }
  await batch.sql.query("DELETE FROM directory_users WHERE organization_id = $1 AND id = ANY($2::uuid[])", [
    batch.organizationId,
    ids,
  ]);
}
