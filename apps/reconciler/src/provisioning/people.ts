import type { AuditEvent } from "@sallyport/audit";
import { checked, newId } from "@sallyport/database";
import type { Batch } from "./batch.ts";
import { type DirtyUser, EMAIL_VERIFIED, LINKED, type Link } from "./directory-users.ts";

/**
 * Finds the user that each directory user stands for: the one it is linked to; else the only one of the same
 * organization with the same email, if that organization has verified the email's domain (invariant 3); else a new
 * one. A deleted directory user that was never linked stands for nobody.
 */
export async function linkPeople(batch: Batch, dirty: readonly DirtyUser[]): Promise<Link[]> {
  const links: Link[] = [];
  const unlinked: DirtyUser[] = [];
  for (const user of dirty) {
    if (user.userId !== null)
      links.push({ directoryUserId: user.id, userId: user.userId, isNew: false, isNewUser: false });
    else if (!user.deleted) unlinked.push(user);
  }
  const trusted = unlinked.flatMap((user) => (user.emailVerified && user.email !== null ? [user.email] : []));
  const holders = await findByEmail(batch, trusted);
  for (const user of unlinked) {
    const email = user.emailVerified ? user.email : null;
    const known = email === null ? [] : (holders.get(email) ?? []);
    const only = known.length === 1 ? known[0] : undefined;
    const userId = only ?? newId();
    links.push({ directoryUserId: user.id, userId, isNew: true, isNewUser: only === undefined });
    // The next one with this email, in this batch as in any later one, is the same person.
    if (email !== null && only === undefined) holders.set(email, [...known, userId]);
  }
  return links;
}

/**
 * The users of the organization that hold each email. Not those whose directories by now know them by another: an
 * address that was given to somebody else must not lead to the person who had it before.
 */
async function findByEmail(batch: Batch, emails: readonly string[]): Promise<Map<string, string[]>> {
  const holders = new Map<string, string[]>();
  if (emails.length === 0) return holders;
  const { rows } = await batch.sql.query<{ email: string; id: string }>(
    `SELECT u.email, u.id FROM users u
     WHERE u.organization_id = $1 AND u.email = ANY($2::text[])
       AND (NOT EXISTS (SELECT 1 FROM ${LINKED}
                        WHERE l.user_id = u.id AND ${checked("du.organization_id = $1")} AND du.deleted_at IS NULL)
            OR EXISTS (SELECT 1 FROM ${LINKED}
                       WHERE l.user_id = u.id AND ${checked("du.organization_id = $1")} AND du.deleted_at IS NULL
                         AND du.email = u.email))
     ORDER BY u.id`,
    [batch.organizationId, emails],
    "reconcile_find_by_email",
  );
  for (const row of rows) holders.set(row.email, [...(holders.get(row.email) ?? []), row.id]);
  return holders;
}

// What a SCIM resource says about a person (RFC 7643, 4.1.1), of the table alias `du`.
const PROFILE = `
  du.email,
  ${EMAIL_VERIFIED} AS email_verified,
  coalesce(nullif(du.resource #>> '{name,formatted}', ''), nullif(du.resource ->> 'displayName', ''),
           nullif(concat_ws(' ', du.resource #>> '{name,givenName}', du.resource #>> '{name,familyName}'), '')) AS name,
  nullif(du.resource #>> '{name,givenName}', '') AS given_name,
  nullif(du.resource #>> '{name,familyName}', '') AS family_name,
  du.user_name AS username`;

/** Creates the users that are new, with the profile that their directory user gives. */
export async function createPeople(batch: Batch, links: readonly Link[]): Promise<AuditEvent[]> {
  // Two directory users of one batch may stand for the same new user: the first gives its profile.
  const firsts = new Map<string, string>();
  for (const link of links) {
    if (link.isNewUser && !firsts.has(link.userId)) firsts.set(link.userId, link.directoryUserId);
  }
  if (firsts.size === 0) return [];
  const { rows } = await batch.sql.query<{ id: string; directory_id: string; directory_user_id: string }>(
    `WITH source AS (
       SELECT made.user_id, du.id AS directory_user_id, du.organization_id, du.directory_id, ${PROFILE}
       FROM unnest($2::uuid[], $3::uuid[]) AS made (user_id, directory_user_id)
       CROSS JOIN LATERAL (
         SELECT du.* FROM directory_users du
         WHERE du.id = made.directory_user_id AND ${checked("du.organization_id = $1")} OFFSET 0) du
     ), created AS (
       INSERT INTO users (id, organization_id, email, email_verified, name, given_name, family_name, username,
                          created_at, updated_at)
       SELECT user_id, organization_id, email, email_verified, name, given_name, family_name, username, $4, $4
       FROM source
     )
     SELECT user_id AS id, directory_id, directory_user_id FROM source`,
    [batch.organizationId, [...firsts.keys()], [...firsts.values()], batch.now],
    "reconcile_create_people",
  );
  return rows.map((row) => ({
    organizationId: batch.organizationId,
    type: "user.created",
    actor: { type: "system" },
    resource: { type: "user", id: row.id },
    data: { directoryId: row.directory_id, directoryUserId: row.directory_user_id },
  }));
}

/**
 * Brings the users' profiles to what their directories say; what a directory does not say is left. Where several speak
 * for one user, an active one comes before an inactive one, and then the oldest.
 */
export async function updateProfiles(batch: Batch, userIds: readonly string[]): Promise<AuditEvent[]> {
  const { rows } = await batch.sql.query<{ id: string; changed: string[] }>(
    `WITH said AS (
       SELECT DISTINCT ON (l.user_id) l.user_id, ${PROFILE}
       FROM ${LINKED}
       WHERE l.user_id = ANY($2::uuid[]) AND ${checked("du.organization_id = $1")} AND du.deleted_at IS NULL
       ORDER BY l.user_id, du.active DESC, du.id
     ), next AS (
       SELECT u.id, coalesce(said.email, u.email) AS email,
              CASE WHEN said.email IS NULL THEN u.email_verified ELSE said.email_verified END AS email_verified,
              coalesce(said.name, u.name) AS name, coalesce(said.given_name, u.given_name) AS given_name,
              coalesce(said.family_name, u.family_name) AS family_name, said.username,
              array_remove(ARRAY[
                CASE WHEN u.email <> said.email OR u.email IS NULL AND said.email IS NOT NULL THEN 'email' END,
                CASE WHEN said.email IS NOT NULL AND u.email_verified <> said.email_verified THEN 'emailVerified' END,
                CASE WHEN said.name IS DISTINCT FROM u.name AND said.name IS NOT NULL THEN 'name' END,
                CASE WHEN said.given_name IS DISTINCT FROM u.given_name AND said.given_name IS NOT NULL THEN 'givenName' END,
                CASE WHEN said.family_name IS DISTINCT FROM u.family_name AND said.family_name IS NOT NULL THEN 'familyName' END,
                CASE WHEN said.username IS DISTINCT FROM u.username THEN 'username' END
              ], NULL) AS changed
       FROM said CROSS JOIN LATERAL (
         SELECT u.* FROM users u WHERE u.id = said.user_id AND ${checked("u.organization_id = $1")} OFFSET 0) u
     )
     UPDATE users u
     SET email = next.email, email_verified = next.email_verified, name = next.name, given_name = next.given_name,
         family_name = next.family_name, username = next.username, updated_at = $3
     FROM next
     WHERE u.id = next.id AND ${checked("u.organization_id = $1")} AND cardinality(next.changed) > 0
     RETURNING u.id, next.changed`,
    [batch.organizationId, userIds, batch.now],
    "reconcile_update_profiles",
  );
  return rows.map((row) => ({
    organizationId: batch.organizationId,
    type: "user.updated",
    actor: { type: "system" },
    resource: { type: "user", id: row.id },
    data: { changed: row.changed },
  }));
}
