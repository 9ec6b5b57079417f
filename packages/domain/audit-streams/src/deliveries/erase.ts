import type { Sql } from "@sallyport/database";

/**
 * Forgets what destinations answered, where `mentions` finds a person in it: some send back what they were sent. Of the
 * streams of an organization, and of those that have the events of all. Their status stays.
 */
export async function eraseAnswers(
  sql: Sql,
  organizationId: string,
  mentions: (text: string) => boolean,
): Promise<number> {
  const { rows } = await sql.query<{ id: string; last_error: string }>(
    `SELECT id, last_error FROM audit_streams
     WHERE last_error IS NOT NULL AND (organization_id = $1::uuid OR organization_id IS NULL)`,
    [organizationId],
  );
  const theirs = rows.filter(({ last_error }) => mentions(last_error)).map(({ id }) => id);
  if (theirs.length > 0) {
    await sql.query(
      `UPDATE audit_streams SET last_error = concat('The destination answered ', last_status)
       WHERE id = ANY($1::uuid[]) AND last_error IS NOT NULL`,
      [theirs],
    );
  }
  return theirs.length;
}
