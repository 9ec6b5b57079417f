import type { Sql } from "@sallyport/database";
import type { EventDraft } from "@sallyport/events";
import { lockPeople } from "../lock.ts";
import type { Membership } from "../membership.ts";
import { membershipEvents } from "../membership-events.ts";
import { offerSeats } from "../policy/seats.ts";

/** All that is stored of a person as a user, in the words in which it is stored. */
export interface KnownPerson {
  readonly userId: string;
  readonly membershipId: string | null;
  readonly directoryUserIds: readonly string[];
  readonly identityIds: readonly string[];
  readonly conflictIds: readonly string[];
  readonly email: string | null;
  readonly username: string | null;
  readonly names: readonly string[];
  readonly subjects: readonly string[];
  /** By which a directory may know them (identifiers.ts), as logins said. */
  readonly identifiers: readonly string[];
}

/** The person of a user; null where the organization has none of that id. */
export async function readPerson(
  sql: Sql,
  organizationId: string,
  userId: string,
): Promise<KnownPerson | null> {
  const { rows } = await sql.query<{
    membership_id: string | null;
    directory_users: string[];
    identities: string[];
    conflicts: string[];
    email: string | null;
    username: string | null;
    names: (string | null)[];
    subjects: string[];
    identifiers: string[];
  }>(
    `SELECT (SELECT m.id::text FROM memberships m WHERE m.user_id = u.id) AS membership_id,
       ARRAY(SELECT l.directory_user_id::text FROM directory_user_links l WHERE l.user_id = u.id) AS directory_users,
       ARRAY(SELECT i.id::text FROM identities i WHERE i.user_id = u.id) AS identities,
       ARRAY(SELECT c.id::text FROM conflicts c WHERE c.user_id = u.id
             UNION SELECT c.id::text FROM conflicts c WHERE c.other_user_id = u.id) AS conflicts,
       u.email, u.username,
       ARRAY[u.name, nullif(concat_ws(' ', u.given_name, u.family_name), '')] AS names,
       ARRAY(SELECT i.subject FROM identities i WHERE i.user_id = u.id) AS subjects,
       ARRAY(SELECT DISTINCT value FROM identities i CROSS JOIN LATERAL unnest(i.identifiers) AS value
             WHERE i.user_id = u.id) AS identifiers
     FROM users u WHERE u.id = $2::uuid AND u.organization_id = $1::uuid`,
    [organizationId, userId],
  );
  const [row] = rows;
  return row === undefined
    ? null
    : {
        userId,
        membershipId: row.membership_id,
        directoryUserIds: row.directory_users,
        identityIds: row.identities,
        conflictIds: row.conflicts,
        email: row.email,
        username: row.username,
        names: row.names.filter((name) => name !== null),
        subjects: row.subjects,
        identifiers: row.identifiers,
      };
}

/** Whose membership, or who, has the id: a former member has but a user left. Null where there is none. */
export async function findPerson(
  sql: Sql,
  organizationId: string,
  id: string,
): Promise<{ readonly userId: string; readonly membershipId: string | null } | null> {
  const { rows } = await sql.query<{ user_id: string; membership_id: string | null }>(
    `SELECT u.id::text AS user_id, m.id::text AS membership_id
     FROM users u LEFT JOIN memberships m ON m.user_id = u.id
     WHERE u.organization_id = $1::uuid
       AND (u.id = $2::uuid OR u.id = (SELECT n.user_id FROM memberships n
                                       WHERE n.id = $2::uuid AND n.organization_id = $1::uuid))`,
    [organizationId, id],
  );
  const [row] = rows;
  return row === undefined ? null : { userId: row.user_id, membershipId: row.membership_id };
}

/** Identifiers and addresses among `values` that somebody else of the organization has, too. */
export async function sharedAmong(
  sql: Sql,
  organizationId: string,
  person: { readonly userId: string; readonly directoryUserIds: readonly string[] },
  values: { readonly addresses: readonly string[]; readonly identifiers: readonly string[] },
): Promise<ReadonlySet<string>> {
  const { rows } = await sql.query<{ value: string }>(
    `SELECT email AS value FROM users
     WHERE organization_id = $1::uuid AND email = ANY($4::text[]) AND id <> $2::uuid
     UNION SELECT value FROM directory_identifiers
     WHERE organization_id = $1::uuid AND value = ANY($5::text[]) AND current AND directory_user_id <> ALL($3::uuid[])
     UNION SELECT value FROM identities i CROSS JOIN LATERAL unnest(i.identifiers) AS value
     WHERE i.identifiers && $5::text[] AND i.organization_id = $1::uuid AND i.user_id <> $2::uuid AND value = ANY($5::text[])`,
    [organizationId, person.userId, person.directoryUserIds, values.addresses, values.identifiers],
  );
  return new Set(rows.map(({ value }) => value));
}

/** Names among `names` (in lower case) that another user of the organization has, too. */
export async function sharedNames(
  sql: Sql,
  organizationId: string,
  userId: string,
  names: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await sql.query<{ name: string }>(
    `SELECT DISTINCT lower(name) AS name FROM users
     WHERE organization_id = $1::uuid AND lower(name) = ANY($3::text[]) AND id <> $2::uuid`,
    [organizationId, userId, names],
  );
  return new Set(rows.map(({ name }) => name));
}

/**
 * Ends all access of somebody who is to be erased, for good: suspended by hand, so that no directory lets them in again
 * meanwhile, and without a role in the console. Their sessions must end in the same transaction. Under `lockPeople`.
 */
export async function endAccessForErasure(
  sql: Sql,
  organizationId: string,
  userId: string,
  now: Date,
): Promise<EventDraft[]> {
  await lockPeople(sql, organizationId);
  const { rows } = await sql.query<Omit<Membership, "userId">>(
    `SELECT id::text AS id, status, source, directory FROM memberships
     WHERE user_id = $2::uuid AND organization_id = $1::uuid FOR NO KEY UPDATE`,
    [organizationId, userId],
  );
  const [row] = rows;
  if (row === undefined) {
    return [];
  }
  const before: Membership = { ...row, userId };
  const after: Membership = { ...before, status: "suspended", source: "manual", directory: "released" };
  await sql.query(
    `UPDATE memberships SET status = 'suspended', source = 'manual', directory = 'released', updated_at = $3::timestamptz
     WHERE id = $1::uuid AND organization_id = $2::uuid`,
    [before.id, organizationId, now],
  );
  if (before.status === "active") {
    await offerSeats(sql, organizationId, now);
  }
  return membershipEvents(organizationId, before, after);
}

/** Whether somebody whose time of retention has passed is still gone: no directory has them, and nobody let them in again. */
export async function isStillGone(sql: Sql, organizationId: string, userId: string): Promise<boolean> {
  const { rows } = await sql.query<{ gone: boolean }>(
    `SELECT NOT EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = $2::uuid AND m.organization_id = $1::uuid
              AND NOT (m.source = 'directory' AND m.status = 'suspended'))
       AND NOT EXISTS (SELECT 1 FROM directory_user_links l JOIN directory_users du ON du.id = l.directory_user_id
              WHERE l.user_id = $2::uuid AND du.deleted_at IS NULL)
       AND NOT EXISTS (SELECT 1 FROM held_people h WHERE h.user_id = $2::uuid) AS gone`,
    [organizationId, userId],
  );
  return rows[0]?.gone === true;
}

/** They are back: the time of retention runs for them no longer. */
export async function dropErasure(sql: Sql, organizationId: string, userId: string): Promise<void> {
  await sql.query(
    "DELETE FROM erasures WHERE user_id = $2::uuid AND organization_id = $1::uuid AND erased_at IS NULL",
    [organizationId, userId],
  );
}

/**
 * Deletes a person: membership, roles, identities, conflicts, what stood for them. The user goes with them, or, while ended
 * sessions of it are kept, stays as an id alone. Returns the event's data. Under `lockPeople`, after `revokeSessions`.
 */
export async function deletePerson(
  sql: Sql,
  organizationId: string,
  userId: string,
  now: Date,
): Promise<EventDraft[]> {
  const values = [organizationId, userId];
  const { rows } = await sql.query<Pick<Membership, "id" | "status" | "source">>(
    `DELETE FROM memberships WHERE user_id = $2::uuid AND organization_id = $1::uuid
     RETURNING id::text AS id, status, source`,
    values,
  );
  await sql.query("DELETE FROM identities WHERE user_id = $2::uuid AND organization_id = $1::uuid", values);
  await sql.query(
    "DELETE FROM conflicts WHERE organization_id = $1::uuid AND (user_id = $2::uuid OR other_user_id = $2::uuid)",
    values,
  );
  await sql.query("DELETE FROM held_people WHERE user_id = $2::uuid AND organization_id = $1::uuid", values);
  await sql.query("DELETE FROM directory_user_links WHERE user_id = $1::uuid", [userId]);
  await sql.query(
    `UPDATE users SET email = NULL, email_verified = false, email_proof = NULL, email_changed = false, name = NULL,
       given_name = NULL, family_name = NULL, username = NULL, updated_at = $3::timestamptz
     WHERE id = $2::uuid AND organization_id = $1::uuid`,
    [...values, now],
  );
  await sql.query(
    `UPDATE erasures SET erased_at = $3::timestamptz, claimed_until = NULL, nameless = true
     WHERE user_id = $2::uuid AND organization_id = $1::uuid`,
    [...values, now],
  );
  await deleteNameless(sql, userId);
  return rows.map(({ id, status, source }) => ({
    organizationId,
    type: "membership.deleted",
    resource: { type: "membership", id },
    before: { userId, status, source },
  }));
}

/**
 * Deletes users who were erased and of whom no session is left: one, or all. Returns how many.
 */
export async function deleteNameless(sql: Sql, userId: string | null = null): Promise<number> {
  const { rows } = await sql.query<{ deleted: number }>(
    `WITH over AS (
       UPDATE erasures e SET nameless = false
       WHERE e.nameless AND ($1::uuid IS NULL OR e.user_id = $1::uuid)
         AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.user_id = e.user_id)
       RETURNING user_id),
     gone AS (DELETE FROM users WHERE id = ANY(ARRAY(SELECT user_id FROM over)) RETURNING 1)
     SELECT count(*)::int AS deleted FROM gone`,
    [userId],
  );
  return rows[0]?.deleted ?? 0;
}
