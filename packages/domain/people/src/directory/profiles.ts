import { difference, type EventDraft } from "@sallyport/events";
import { type Precedence, placeOf } from "../policy/policy.ts";
import { type ProfileRow, profileOf } from "../profile.ts";
import { type Batch, EMAIL_VERIFIED, LINKED, OF_ORGANIZATION } from "./batch.ts";
import type { Link } from "./link.ts";

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
export async function createUsers(batch: Batch, links: readonly Link[]): Promise<EventDraft[]> {
  // Two directory users of one batch may stand for the same new user: the first gives its profile.
  const firsts = new Map<string, string>();
  for (const link of links) {
    if (link.isNewUser && !firsts.has(link.userId)) {
      firsts.set(link.userId, link.directoryUserId);
    }
  }
  if (firsts.size === 0) {
    return [];
  }
  const { organizationId } = batch;
  const { rows } = await batch.sql.query<ProfileRow & { id: string; directory_user_id: string }>(
    `WITH source AS (
       SELECT made.user_id, du.id AS directory_user_id, du.organization_id, ${PROFILE}
       FROM unnest($2::uuid[], $3::uuid[]) AS made (user_id, directory_user_id)
       JOIN directory_users du ON du.id = made.directory_user_id AND ${OF_ORGANIZATION}
     ), created AS (
       INSERT INTO users (id, organization_id, email, email_verified, name, given_name, family_name, username,
                          created_at, updated_at)
       SELECT user_id, organization_id, email, email_verified, name, given_name, family_name, username, $4, $4
       FROM source
     )
     SELECT user_id AS id, directory_user_id, email, email_verified, name, given_name, family_name, username FROM source`,
    [organizationId, [...firsts.keys()], [...firsts.values()], batch.now],
    "people_create_users",
  );
  return rows.map((row) => ({
    organizationId,
    type: "user.created",
    resource: { type: "user", id: row.id },
    after: profileOf(row),
    data: { source: "directory", directoryUserId: row.directory_user_id },
  }));
}

/**
 * Brings the users' profiles to what their directories say; what a directory does not say is left. Where several speak
 * for one user, the first in the order of directories counts; of those that count alike, an active one comes before an inactive
 * one, and then the oldest. An address that a directory changes is
 * held by its push alone from then on.
 */
export async function updateProfiles(
  batch: Batch,
  userIds: readonly string[],
  { order }: Precedence,
): Promise<EventDraft[]> {
  if (userIds.length === 0) {
    return [];
  }
  const { organizationId } = batch;
  const { rows } = await batch.sql.query<{ id: string; before: ProfileRow; after: ProfileRow }>(
    `WITH said AS (
       SELECT DISTINCT ON (l.user_id) l.user_id, ${PROFILE}
       FROM ${LINKED}
       WHERE l.user_id = ANY($2::uuid[]) AND ${OF_ORGANIZATION} AND du.deleted_at IS NULL
       ORDER BY l.user_id, ${placeOf("$4::uuid[]", "du.directory_id")}, du.active DESC, du.id
     ), next AS (
       SELECT u.id, coalesce(said.email, u.email) AS email,
              CASE WHEN said.email IS NULL THEN u.email_verified ELSE said.email_verified END AS email_verified,
              coalesce(said.name, u.name) AS name, coalesce(said.given_name, u.given_name) AS given_name,
              coalesce(said.family_name, u.family_name) AS family_name, said.username,
              CASE WHEN said.email IS NULL OR said.email = u.email THEN u.email_proof END AS email_proof,
              u.email AS old_email, u.email_verified AS old_email_verified, u.name AS old_name,
              u.given_name AS old_given_name, u.family_name AS old_family_name, u.username AS old_username
       FROM said JOIN users u ON u.id = said.user_id AND u.organization_id = $1
     )
     UPDATE users u
     SET email = next.email, email_verified = next.email_verified, name = next.name, given_name = next.given_name,
         family_name = next.family_name, username = next.username, email_proof = next.email_proof, updated_at = $3
     FROM next
     WHERE u.id = next.id AND u.organization_id = $1
       AND (next.old_email, next.old_email_verified, next.old_name, next.old_given_name, next.old_family_name, next.old_username)
           IS DISTINCT FROM (next.email, next.email_verified, next.name, next.given_name, next.family_name, next.username)
     RETURNING u.id,
       json_build_object('email', next.old_email, 'email_verified', next.old_email_verified, 'name', next.old_name,
         'given_name', next.old_given_name, 'family_name', next.old_family_name, 'username', next.old_username) AS before,
       json_build_object('email', next.email, 'email_verified', next.email_verified, 'name', next.name,
         'given_name', next.given_name, 'family_name', next.family_name, 'username', next.username) AS after`,
    [organizationId, userIds, batch.now, order],
    "people_update_profiles",
  );
  return rows.flatMap((row): EventDraft[] => {
    const changes = difference(profileOf(row.before), profileOf(row.after));
    if (changes === null) {
      return [];
    }
    return [{ organizationId, type: "user.updated", resource: { type: "user", id: row.id }, ...changes }];
  });
}
