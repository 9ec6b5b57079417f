import type { Sql } from "@sallyport/database";
import { domainOf } from "../address.ts";
import { isEnded } from "../ended.ts";
import { identifiersOfLogin } from "../identifiers.ts";
import { type Membership, type SignInCheckName, signInChecks } from "../membership.ts";
import { isFirst } from "../policy/policy.ts";
import { findCandidates } from "../sign-in/candidates.ts";
import { decideFirstLogin } from "../who-is-it.ts";

/** The checks of a sign-in of somebody known, and what comes before and instead of them. */
export type ExplainedCheckName = "connection_active" | SignInCheckName | "found_at_first_login";

export interface ExplainedCheck {
  readonly check: ExplainedCheckName;
  readonly passed: boolean;
  /** The directory users that stand for the person and are not active: what ended their access. */
  readonly endedBy: readonly EndedBy[];
}

export interface EndedBy {
  readonly directoryId: string;
  readonly directoryUserId: string;
  readonly userName: string;
  readonly deleted: boolean;
  /** Its directory comes before all others that have the person: what it says counts, whatever they say. */
  readonly decides: boolean;
  readonly since: Date;
  /** The SCIM request, while the log has it. */
  readonly requestId: string | null;
}

export interface ExplainedSignIn {
  readonly allowed: boolean;
  readonly checks: readonly ExplainedCheck[];
  /** Null: they never did. */
  readonly lastSignIn: { readonly at: Date; readonly connectionId: string } | null;
}

/**
 * Whether a member could sign in now, by the checks that a sign-in itself is held against (`signInChecks`), and for somebody
 * who never did by what a first login is (`decideFirstLogin`), said to be one with their address. What the identity provider
 * would say is not known here: the login records tell what it said.
 */
export async function explainSignIn(
  sql: Sql,
  organizationId: string,
  membership: Membership,
): Promise<ExplainedSignIn> {
  const facts = await readFacts(sql, organizationId, membership.userId);
  const first = facts.lastSignIn === null ? await firstLoginOf(sql, organizationId, facts) : null;
  const checks = [
    { check: "connection_active" as const, passed: facts.hasConnection },
    ...(first === null
      ? []
      : [{ check: "found_at_first_login" as const, passed: first === membership.userId }]),
    ...signInChecks(membership, facts.ended, facts.signIn),
  ];
  const endedBy = await readEndedBy(sql, organizationId, membership.userId);
  return {
    allowed: checks.every(({ passed }) => passed),
    checks: checks.map(({ check, passed }) => ({
      ...{ check, passed },
      endedBy: !passed && check !== "connection_active" ? endedBy : [],
    })),
    lastSignIn: facts.lastSignIn,
  };
}

interface Facts {
  readonly hasConnection: boolean;
  readonly ended: boolean;
  readonly signIn: "justInTime" | "directory";
  readonly email: string | null;
  readonly verifiedDomains: readonly string[];
  readonly lastSignIn: ExplainedSignIn["lastSignIn"];
}

async function readFacts(sql: Sql, organizationId: string, userId: string): Promise<Facts> {
  const { rows } = await sql.query<{
    has_connection: boolean;
    ended: boolean;
    sign_in: "just_in_time" | "directory";
    email: string | null;
    domains: string[];
    connection_id: string | null;
    last_login_at: Date | null;
  }>(
    `SELECT u.email, o.sign_in, i.connection_id, i.last_login_at,
            EXISTS (SELECT 1 FROM connections WHERE organization_id = $1::uuid AND status = 'active') AS has_connection,
            ARRAY(SELECT verified_name FROM domains WHERE organization_id = $1::uuid AND verified_name IS NOT NULL) AS domains,
            ${isEnded(
              "$1::uuid",
              "ARRAY(SELECT unnest(own.identifiers) FROM identities own WHERE own.user_id = u.id)",
            )} AS ended
     FROM users u
     JOIN organizations o ON o.id = u.organization_id
     LEFT JOIN LATERAL (
       SELECT connection_id, coalesce(last_login_at, created_at) AS last_login_at FROM identities
       WHERE user_id = u.id ORDER BY last_login_at DESC NULLS LAST LIMIT 1) i ON true
     WHERE u.id = $2::uuid AND u.organization_id = $1::uuid`,
    [organizationId, userId],
  );
  const [row] = rows;
  if (row === undefined) {
    throw new Error("A member has no user");
  }
  const { connection_id: connectionId, last_login_at: at } = row;
  return {
    hasConnection: row.has_connection,
    ended: row.ended,
    signIn: row.sign_in === "directory" ? "directory" : "justInTime",
    email: row.email,
    verifiedDomains: row.domains,
    lastSignIn: connectionId === null || at === null ? null : { at, connectionId },
  };
}

/** Whose a first login with the person's own address would be, by the rules of sign-in; null: a newcomer's, or nobody's. */
async function firstLoginOf(sql: Sql, organizationId: string, facts: Facts): Promise<string> {
  const { email, verifiedDomains } = facts;
  if (email === null) {
    return "";
  }
  const identifiers = identifiersOfLogin({ subject: email, email });
  const candidates = await findCandidates(sql, { organizationId, email, directoryKey: null }, identifiers);
  const addressVerified = verifiedDomains.includes(domainOf(email) ?? "");
  const decision = decideFirstLogin({ ...candidates, addressVerified });
  return decision.action === "link" ? decision.user.userId : "";
}

async function readEndedBy(sql: Sql, organizationId: string, userId: string): Promise<EndedBy[]> {
  const { rows } = await sql.query<{
    directory_id: string;
    id: string;
    user_name: string;
    deleted: boolean;
    decides: boolean;
    last_modified: Date;
    request_id: string | null;
  }>(
    `SELECT du.directory_id, du.id, du.user_name, du.deleted_at IS NOT NULL AS deleted, du.last_modified, request.request_id,
            du.deleted_at IS NULL AND du.directory_id = ANY(p.directory_order) IS TRUE
              AND ${isFirst("p.directory_order", "l.user_id")} AS decides
     FROM directory_user_links l
     JOIN directory_users du ON du.id = l.directory_user_id AND du.organization_id = $1::uuid
     LEFT JOIN access_policies p ON p.organization_id = $1::uuid
     LEFT JOIN LATERAL (
       SELECT s.request_id FROM scim_requests s
       WHERE s.directory_id = du.directory_id
         AND s.created_at BETWEEN du.last_modified - interval '10 seconds' AND du.last_modified
         AND s.changed -> 'users' ? du.id::text
       ORDER BY s.created_at DESC LIMIT 1) request ON true
     WHERE l.user_id = $2::uuid AND (NOT du.active OR du.deleted_at IS NOT NULL)
     ORDER BY du.last_modified DESC LIMIT 20`,
    [organizationId, userId],
  );
  return rows.map((row) => ({
    directoryId: row.directory_id,
    directoryUserId: row.id,
    userName: row.user_name,
    deleted: row.deleted,
    decides: row.decides,
    since: row.last_modified,
    requestId: row.request_id,
  }));
}
