import type { Sql } from "@sallyport/database";

/**
 * SQL: whether a directory of the organization ended somebody whom it ever knew by one of the identifiers, and none has
 * anybody active whom it knows by the same one now. What was ever told counts, also of whom no directory has any more, but
 * not what a directory in review says.
 *
 * @param organization, @param identifiers expressions: the id, and a text array
 */
export function isEnded(organization: string, identifiers: string): string {
  return `EXISTS (
    SELECT 1 FROM directory_identifiers ended
    WHERE ended.organization_id = ${organization} AND ended.value = ANY(${identifiers})
      AND ${APPLIES("ended.directory_id")}
      AND NOT EXISTS (${ACTIVE("ended.directory_user_id")})
      AND NOT EXISTS (
        SELECT 1 FROM directory_identifiers told
        WHERE told.organization_id = ${organization} AND told.value = ended.value AND told.current
          AND ${APPLIES("told.directory_id")}
          AND EXISTS (${ACTIVE("told.directory_user_id")})))`;
}

const APPLIES = (directory: string) =>
  `NOT EXISTS (SELECT 1 FROM directories review WHERE review.id = ${directory} AND review.in_review)`;

// Whose end is held goes on as if they were active. Whom a directory has active and another, which comes before it, has not, is
// ended as the rest.
const ACTIVE = (id: string) =>
  `SELECT 1 FROM directory_users du WHERE du.id = ${id} AND (du.active AND du.deleted_at IS NULL AND NOT EXISTS (
     SELECT 1 FROM directory_user_links l JOIN memberships m ON m.user_id = l.user_id AND m.directory = 'ended'
     JOIN access_policies p ON p.organization_id = m.organization_id AND p.directory_order <> '{}'
     WHERE l.directory_user_id = du.id) OR EXISTS (
     SELECT 1 FROM directory_user_links kept JOIN held_people h ON h.user_id = kept.user_id AND h.suspends
     WHERE kept.directory_user_id = du.id))`;

/** Which of the identifiers are ended, as `isEnded` has it. */
export async function endedAmong(
  sql: Sql,
  organizationId: string,
  identifiers: readonly string[],
): Promise<Set<string>> {
  if (identifiers.length === 0) {
    return new Set();
  }
  const { rows } = await sql.query<{ identifier: string }>(
    `SELECT identifier FROM unnest($2::text[]) AS asked (identifier)
     WHERE ${isEnded("$1", "ARRAY[asked.identifier]")}`,
    [organizationId, identifiers],
    "people_ended_among",
  );
  return new Set(rows.map(({ identifier }) => identifier));
}
