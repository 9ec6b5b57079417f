import type { Sql } from "@sallyport/database";

/** What a directory told of a person, in its own words. */
export interface DirectoryPerson {
  readonly userNames: readonly string[];
  readonly externalIds: readonly string[];
  /** The values of `emails`, as they were pushed. */
  readonly emails: readonly string[];
  /** By what it ever knew them (directory_identifiers). */
  readonly identifiers: readonly string[];
}

/** All identifiers by which directory users are, or ever were, known. */
export async function readDirectoryPerson(
  sql: Sql,
  organizationId: string,
  directoryUserIds: readonly string[],
): Promise<DirectoryPerson> {
  const { rows } = await sql.query<{
    user_names: string[];
    external_ids: string[];
    emails: string[];
    identifiers: string[];
  }>(
    `SELECT ARRAY(SELECT user_name FROM directory_users WHERE id = ANY($2::uuid[]) AND organization_id = $1::uuid) AS user_names,
       ARRAY(SELECT external_id FROM directory_users
             WHERE id = ANY($2::uuid[]) AND organization_id = $1::uuid AND external_id IS NOT NULL) AS external_ids,
       ARRAY(SELECT mail ->> 'value' FROM directory_users du
             CROSS JOIN LATERAL jsonb_array_elements(
               CASE WHEN jsonb_typeof(du.resource -> 'emails') = 'array' THEN du.resource -> 'emails' ELSE '[]' END) AS mail
             WHERE du.id = ANY($2::uuid[]) AND du.organization_id = $1::uuid AND jsonb_typeof(mail -> 'value') = 'string'
             UNION SELECT email FROM directory_users
             WHERE id = ANY($2::uuid[]) AND organization_id = $1::uuid AND email IS NOT NULL) AS emails,
       ARRAY(SELECT DISTINCT value FROM directory_identifiers
             WHERE organization_id = $1::uuid AND directory_user_id = ANY($2::uuid[])) AS identifiers`,
    [organizationId, directoryUserIds],
  );
  const [row] = rows;
  return {
    userNames: row?.user_names ?? [],
    externalIds: row?.external_ids ?? [],
    emails: row?.emails ?? [],
    identifiers: row?.identifiers ?? [],
  };
}

/** The directories of the organization, deleted ones included: their request logs are still there. */
export async function directoryIdsOf(sql: Sql, organizationId: string): Promise<string[]> {
  const { rows } = await sql.query<{ id: string }>(
    "SELECT id::text AS id FROM directories WHERE organization_id = $1::uuid ORDER BY id",
    [organizationId],
  );
  return rows.map(({ id }) => id);
}

/**
 * Deletes directory users with all by which they were known, out of their groups, as if their client had never pushed them:
 * a later push of the same person is of a new one. To be called in a transaction; groups are held before users, in the
 * order of ids, as a request does that changes either.
 */
export async function eraseDirectoryUsers(
  sql: Sql,
  organizationId: string,
  directoryUserIds: readonly string[],
  now: Date,
): Promise<void> {
  const values = [organizationId, directoryUserIds];
  await sql.query(
    `SELECT g.id FROM directory_groups g
     WHERE g.organization_id = $1::uuid
       AND g.id IN (SELECT m.group_id FROM directory_group_members m WHERE m.user_id = ANY($2::uuid[]))
     ORDER BY g.id FOR NO KEY UPDATE`,
    values,
  );
  await sql.query(
    "SELECT id FROM directory_users WHERE id = ANY($2::uuid[]) AND organization_id = $1::uuid ORDER BY id FOR UPDATE",
    values,
  );
  // A member that a group was given before it came is named by its id or an externalId, also a former one.
  await sql.query(
    `WITH named AS MATERIALIZED (
       SELECT u.directory_id, u.id::text AS value FROM directory_users u
       WHERE u.id = ANY($2::uuid[]) AND u.organization_id = $1::uuid
       UNION SELECT k.directory_id, substr(k.value, 4) FROM directory_identifiers k
       WHERE k.organization_id = $1::uuid AND k.directory_user_id = ANY($2::uuid[]) AND k.value LIKE 'id:%')
     DELETE FROM directory_pending_members p USING named
     WHERE p.organization_id = $1::uuid AND p.directory_id = named.directory_id AND p.value = named.value`,
    values,
  );
  await sql.query(
    `WITH left_groups AS (
       DELETE FROM directory_group_members
       WHERE user_id = ANY($2::uuid[]) AND organization_id = $1::uuid RETURNING group_id)
     UPDATE directory_groups SET version = version + 1, last_modified = $3::timestamptz
     WHERE id IN (SELECT group_id FROM left_groups) AND organization_id = $1::uuid AND deleted_at IS NULL`,
    [...values, now],
  );
  await sql.query(
    "DELETE FROM directory_users WHERE id = ANY($2::uuid[]) AND organization_id = $1::uuid",
    values,
  );
  await sql.query(
    "DELETE FROM directory_identifiers WHERE organization_id = $1::uuid AND directory_user_id = ANY($2::uuid[])",
    values,
  );
  await sql.query(
    "DELETE FROM dirty_directory_users WHERE organization_id = $1::uuid AND directory_user_id = ANY($2::uuid[])",
    values,
  );
}
