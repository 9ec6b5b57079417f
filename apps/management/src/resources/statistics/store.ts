import { parseConnectionSettings } from "@sallyport/connections";
import type { Sql } from "@sallyport/database";
import type { z } from "zod";
import type { Context } from "../../context.ts";
import { problem } from "../../errors.ts";
import { certificateView } from "../connections/certificate.ts";
import { type overview, periodOf, type statistics, type statisticsQuery } from "./schema.ts";

type Statistics = z.input<typeof statistics>;
type Overview = z.input<typeof overview>;

interface LoginRow {
  readonly hour: Date;
  readonly outcome: Statistics["logins"][number]["outcome"];
  readonly error_code: string | null;
  readonly count: number;
}

// By nothing but what the indexes hold: no row is read of a million.
const LOGINS = `
  SELECT date_trunc('hour', l.created_at, 'UTC') AS hour, l.outcome, l.error_code, count(*)::int AS count
  FROM connections c JOIN login_records l ON l.connection_id = c.id AND l.created_at >= $2 AND l.created_at < $3
  WHERE c.organization_id = $1
  GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`;

interface PushRow {
  readonly hour: Date;
  readonly outcome: Statistics["pushes"][number]["outcome"];
  readonly count: number;
}

const PUSHES = `
  SELECT date_trunc('hour', r.created_at, 'UTC') AS hour,
         CASE WHEN r.status < 400 THEN 'success' WHEN r.status < 500 THEN 'refused' ELSE 'failure' END AS outcome,
         count(*)::int AS count
  FROM directories d JOIN scim_requests r ON r.directory_id = d.id AND r.created_at >= $2 AND r.created_at < $3
  WHERE d.organization_id = $1 AND r.method <> 'GET'
  GROUP BY 1, 2 ORDER BY 1, 2`;

/** Logins and pushes by the hour. Throws `period_invalid`. */
export async function readStatistics(
  { deps }: Context,
  organizationId: string,
  query: z.output<typeof statisticsQuery>,
): Promise<Statistics> {
  const { sql } = deps.database;
  const period = periodOf(query, deps.now());
  if (period === null) {
    throw problem("period_invalid", { field: "from" });
  }
  const { from, to } = period;
  const [logins, pushes] = await Promise.all([
    sql.query<LoginRow>(LOGINS, [organizationId, from, to]),
    sql.query<PushRow>(PUSHES, [organizationId, from, to]),
  ]);
  return {
    from: from.toISOString(),
    to: to.toISOString(),
    logins: logins.rows.map(({ hour, outcome, error_code: cause, count }) => ({
      ...{ hour: hour.toISOString(), outcome, cause, count },
    })),
    pushes: pushes.rows.map(({ hour, ...counted }) => ({ hour: hour.toISOString(), ...counted })),
  };
}

interface FactsRow {
  readonly last_login_at: Date | null;
  readonly active: number;
  readonly disabled: number;
  readonly last_request_at: Date | null;
  readonly pending: number;
  readonly oldest: Date | null;
  readonly open_conflicts: number;
}

const FACTS = `
  SELECT (SELECT s.created_at FROM sessions s WHERE s.organization_id = $1
          ORDER BY s.created_at DESC, s.id DESC LIMIT 1) AS last_login_at,
         d.active, d.disabled, d.last_request_at, p.pending, p.oldest,
         (SELECT count(*)::int FROM conflicts c WHERE c.organization_id = $1 AND c.resolved_at IS NULL) AS open_conflicts
  FROM (SELECT count(*) FILTER (WHERE status = 'active')::int AS active,
               count(*) FILTER (WHERE status = 'disabled')::int AS disabled,
               max((SELECT r.created_at FROM scim_requests r WHERE r.directory_id = directories.id
                    ORDER BY r.created_at DESC, r.id DESC LIMIT 1)) AS last_request_at
        FROM directories WHERE organization_id = $1 AND deleted_at IS NULL) AS d,
       (SELECT count(DISTINCT id)::int AS pending, min(marked_at) AS oldest
        FROM (SELECT directory_user_id AS id, marked_at FROM dirty_directory_users WHERE organization_id = $1
              UNION ALL
              SELECT directory_group_id, marked_at FROM dirty_directory_groups WHERE organization_id = $1) AS dirty) AS p`;

/** How an organization is, at a glance. */
export async function readOverview({ deps }: Context, organizationId: string): Promise<Overview> {
  const { sql } = deps.database;
  const now = deps.now();
  const [facts, connections] = await Promise.all([
    sql.query<FactsRow>(FACTS, [organizationId]),
    readConnections(sql, organizationId),
  ]);
  const [row] = facts.rows;
  if (row === undefined) {
    throw problem("organization_not_found");
  }
  const countOf = (status: string) => connections.filter((each) => each.status === status).length;
  return {
    connections: { active: countOf("active"), disabled: countOf("disabled") },
    certificates: connections.flatMap((each) => endingCertificates(each, now)).toSorted(byEnd),
    lastLoginAt: row.last_login_at?.toISOString() ?? null,
    directory: {
      active: row.active,
      disabled: row.disabled,
      lastRequestAt: row.last_request_at?.toISOString() ?? null,
      pending: row.pending,
      lagSeconds: row.oldest === null ? 0 : Math.max(0, (now.getTime() - row.oldest.getTime()) / 1000),
    },
    openConflicts: row.open_conflicts,
  };
}

interface ConnectionRow {
  readonly id: string;
  readonly name: string;
  readonly type: "saml" | "oidc";
  readonly status: "active" | "disabled";
  readonly settings: unknown;
  /** Of its own key pairs that are live. */
  readonly own: string[];
}

async function readConnections(sql: Sql, organizationId: string): Promise<ConnectionRow[]> {
  const { rows } = await sql.query<ConnectionRow>(
    `SELECT c.id, c.name, c.type, c.status, c.settings,
            ARRAY(SELECT k.certificate FROM connection_keys k
                  WHERE k.connection_id = c.id AND k.organization_id = $1 AND k.retired_at IS NULL) AS own
     FROM connections c WHERE c.organization_id = $1`,
    [organizationId],
  );
  return rows;
}

/** Those of an active connection: nobody waits for another's. */
function endingCertificates(
  { id, name, type, status, settings, own }: ConnectionRow,
  now: Date,
): Overview["certificates"] {
  if (status !== "active") {
    return [];
  }
  const theirs = type === "saml" ? parseConnectionSettings("saml", settings).certificates : [];
  const all = [
    ...theirs.map((pem) => ({ of: "identityProvider" as const, ...certificateView(pem, now) })),
    ...own.map((pem) => ({ of: "gateway" as const, ...certificateView(pem, now) })),
  ];
  return all
    .filter(({ expiring }) => expiring)
    .map(({ of, fingerprint, notAfter, expiresInDays }) => ({
      ...{ connectionId: id, connection: name, of, fingerprint, notAfter, expiresInDays },
    }));
}

function byEnd(one: { readonly notAfter: string }, other: { readonly notAfter: string }): number {
  return one.notAfter.localeCompare(other.notAfter);
}
