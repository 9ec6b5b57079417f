import type { Sql } from "@sallyport/database";
import { groupsOf } from "@sallyport/directories";
import { readableAddress } from "@sallyport/people";
import type { ChangedClaims } from "./signals.ts";

type Claims = Readonly<Record<string, unknown>>;

interface Row {
  readonly id: string;
  readonly email: string | null;
  readonly email_verified: boolean;
  readonly name: string | null;
  readonly given_name: string | null;
  readonly family_name: string | null;
  readonly username: string | null;
  readonly roles: string[];
  readonly permissions: string[];
  readonly groups: string[];
}

/**
 * What tokens say of these people now, as far as it may have changed (CAEP 1.0, section 3.2.1: `claims` has the new
 * values). `groups` are those of the directories: what an IdP asserted of groups is of one session.
 */
export async function readClaims(
  sql: Sql,
  userIds: readonly string[],
): Promise<Map<string, (changed: ChangedClaims) => Claims>> {
  const { rows } = await sql.query<Row>(
    `SELECT u.id, u.email, u.email_verified, u.name, u.given_name, u.family_name, u.username,
            ARRAY(SELECT r.key FROM memberships m JOIN role_bindings b ON b.membership_id = m.id
                  JOIN roles r ON r.id = b.role_id WHERE m.user_id = u.id GROUP BY 1 ORDER BY 1) AS roles,
            ARRAY(SELECT unnest(r.permissions) FROM memberships m JOIN role_bindings b ON b.membership_id = m.id
                  JOIN roles r ON r.id = b.role_id WHERE m.user_id = u.id GROUP BY 1 ORDER BY 1) AS permissions,
            ARRAY(SELECT DISTINCT g.display_name FROM directory_user_links l
                  JOIN directory_users du ON du.id = l.directory_user_id AND du.active AND du.deleted_at IS NULL
                  CROSS JOIN LATERAL (${groupsOf("du.id")}) gm
                  JOIN directory_groups g ON g.id = gm.group_id AND g.deleted_at IS NULL
                  WHERE l.user_id = u.id ORDER BY 1) AS groups
     FROM users u WHERE u.id = ANY($1::uuid[])`,
    [userIds],
    "signals_claims",
  );
  return new Map(rows.map((row) => [row.id, (changed) => claimsOf(row, changed)]));
}

function claimsOf(row: Row, changed: ChangedClaims): Claims {
  switch (changed) {
    case "roles":
      return { roles: row.roles, permissions: row.permissions };
    case "groups":
      return { groups: row.groups };
    case "profile":
      return {
        ...(row.email === null
          ? {}
          : { email: readableAddress(row.email), email_verified: row.email_verified }),
        ...(row.name === null ? {} : { name: row.name }),
        ...(row.given_name === null ? {} : { given_name: row.given_name }),
        ...(row.family_name === null ? {} : { family_name: row.family_name }),
        ...(row.username === null ? {} : { preferred_username: row.username }),
      };
  }
}
