import { isId, type Sql } from "@sallyport/database";
import { groupsOf } from "@sallyport/directories";
import { revokedTokenDigest } from "./revoke-token.ts";

/** A session that holds, with the person, organization and grants as they are now, not as they were at sign-in. */
export interface LiveSession {
  readonly id: string;
  readonly organizationId: string;
  readonly organizationSlug: string;
  readonly userId: string;
  readonly connectionId: string;
  readonly connectionType: "saml" | "oidc";
  readonly provider: string;
  readonly amr: string[];
  readonly acr: string | null;
  /** When the person authenticated at the IdP; null where it does not tell, which is never proof of a recent time. */
  readonly authTime: Date | null;
  readonly expiresAt: Date;
  readonly user: {
    readonly email: string | null;
    readonly emailVerified: boolean;
    readonly name: string | null;
    readonly givenName: string | null;
    readonly familyName: string | null;
    readonly username: string | null;
  };
  /** Role keys, sorted. */
  readonly roles: string[];
  /** Permissions of all roles, sorted, each once. */
  readonly permissions: string[];
  /** Directory groups now and groups asserted at sign-in, sorted, each once. */
  readonly groups: string[];
}

interface Row {
  id: string;
  organization_id: string;
  slug: string;
  user_id: string;
  connection_id: string;
  connection_type: "saml" | "oidc";
  provider: string;
  amr: string[];
  acr: string | null;
  auth_time: Date | null;
  expires_at: Date;
  email: string | null;
  email_verified: boolean;
  name: string | null;
  given_name: string | null;
  family_name: string | null;
  username: string | null;
  roles: string[];
  permissions: string[];
  groups: string[];
}

/** The roles `r` of the membership `m`. */
const GRANTED = "FROM role_bindings b JOIN roles r ON r.id = b.role_id WHERE b.membership_id = m.id";

/** The directory groups `g` of the user `u`. */
const GROUPS = `FROM directory_user_links l
                  JOIN directory_users du ON du.id = l.directory_user_id AND du.active AND du.deleted_at IS NULL
                  CROSS JOIN LATERAL (${groupsOf("du.id")}) gm
                  JOIN directory_groups g ON g.id = gm.group_id AND g.deleted_at IS NULL
                  WHERE l.user_id = u.id`;

/**
 * The session, or null when it is unknown, expired, revoked, or its membership or connection is not active. One statement: the
 * single place that every token, introspection and forward-auth answer rests on. A list of token ids would have it
 * planned anew for every call. By `IS TRUE` the organization is compared only, and never a way to all of its memberships.
 *
 * @param tokenIds what the session is asked for by (see `revokeToken`): null also when one of them was revoked
 * @param signedBy the key that signed the token: null also when it is distrusted, or not one of our keys
 */
export async function findLiveSession(
  sql: Sql,
  id: string,
  now: Date,
  tokenIds: readonly [string?, string?] = [],
  signedBy?: string,
): Promise<LiveSession | null> {
  if (!isId(id)) {
    return null;
  }
  const [one, other] = tokenIds.map((tokenId) =>
    tokenId === undefined ? null : revokedTokenDigest(tokenId),
  );
  const { rows } = await sql.query<Row>(
    `SELECT s.id, s.organization_id, o.slug, s.user_id, s.connection_id, c.type AS connection_type, c.provider,
            s.amr, s.acr, s.auth_time, s.expires_at,
            u.email, u.email_verified, u.name, u.given_name, u.family_name, u.username,
            ARRAY(SELECT r.key ${GRANTED} GROUP BY 1 ORDER BY 1) AS roles,
            ARRAY(SELECT unnest(r.permissions) ${GRANTED} GROUP BY 1 ORDER BY 1) AS permissions,
            ARRAY(SELECT g.display_name ${GROUPS} UNION SELECT unnest(s.groups) ORDER BY 1) AS groups
     FROM sessions s
     JOIN memberships m ON m.user_id = s.user_id AND m.status = 'active' AND m.directory IS DISTINCT FROM 'ended'
       AND (m.organization_id = s.organization_id) IS TRUE
     JOIN organizations o ON o.id = s.organization_id
     JOIN connections c ON c.id = s.connection_id AND c.status = 'active'
     JOIN users u ON u.id = s.user_id
     WHERE s.id = $1 AND s.revoked_at IS NULL AND s.expires_at > $2
       AND NOT EXISTS (SELECT FROM revoked_tokens WHERE digest IN ($3, $4))
       AND ($5::text IS NULL OR EXISTS (SELECT FROM signing_keys WHERE id = $5 AND distrusted_at IS NULL))`,
    [id, now, one ?? null, other ?? null, signedBy ?? null],
    "session_find_live",
  );
  const row = rows[0];
  if (row === undefined) {
    return null;
  }
  return {
    id: row.id,
    organizationId: row.organization_id,
    organizationSlug: row.slug,
    userId: row.user_id,
    connectionId: row.connection_id,
    connectionType: row.connection_type,
    provider: row.provider,
    amr: row.amr,
    acr: row.acr,
    authTime: row.auth_time,
    expiresAt: row.expires_at,
    user: {
      email: row.email,
      emailVerified: row.email_verified,
      name: row.name,
      givenName: row.given_name,
      familyName: row.family_name,
      username: row.username,
    },
    roles: row.roles,
    permissions: row.permissions,
    groups: row.groups,
  };
}
