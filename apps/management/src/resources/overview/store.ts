import { parseConnectionSettings } from "@sallyport/connections";
import type { Sql } from "@sallyport/database";
import type { z } from "zod";
import type { Context } from "../../context.ts";
import { problem } from "../../errors.ts";
import { certificateView } from "../connections/certificate.ts";
import type { OrganizationsQuery } from "../organizations/schema.ts";
import { listOrganizations } from "../organizations/store.ts";
import { LATEST, type overview } from "./schema.ts";

type Overview = z.input<typeof overview>;

const DAY_MS = 24 * 3_600_000;
/** So many active connections of an organization are looked into: to read a certificate takes time, and nobody has as many. */
const LOOKED_INTO = { alone: 100, inList: 10 };

interface Row {
  readonly id: string;
  readonly active_connections: number;
  readonly disabled_connections: number;
  readonly connections: readonly ConnectionRow[];
  readonly last_login_at: Date | null;
  readonly active: number;
  readonly disabled: number;
  readonly last_request_at: Date | null;
  readonly held_changes: number;
  readonly in_review: readonly { readonly id: string; readonly name: string }[];
  readonly pending: number;
  readonly oldest: Date | null;
  readonly open_conflicts: number;
  readonly limited_groups: number;
}

/** An active one. */
interface ConnectionRow {
  readonly id: string;
  readonly name: string;
  readonly type: "saml" | "oidc";
  readonly settings: unknown;
  /** Of its own key pairs that are live. */
  readonly own: readonly string[];
  /** Among its latest attempts of the last day. */
  readonly failures: number;
  readonly successes: number;
}

// $1: the organizations, $2: a day ago, $3: how many connections of each are looked into.
const HEALTH = `
  SELECT o.id, n.active AS active_connections, n.disabled AS disabled_connections, c.connections, s.last_login_at,
         d.active, d.disabled, d.last_request_at, d.held_changes, d.in_review, p.pending, p.oldest, f.open_conflicts, g.limited_groups
  FROM unnest($1::uuid[]) AS o (id)
  CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE status = 'active')::int AS active,
           count(*) FILTER (WHERE status = 'disabled')::int AS disabled
    FROM connections WHERE organization_id = o.id) AS n
  CROSS JOIN LATERAL (
    SELECT coalesce(json_agg(json_build_object(
             'id', c.id, 'name', c.name, 'type', c.type, 'settings', c.settings,
             'own', ARRAY(SELECT k.certificate FROM connection_keys k
                          WHERE k.connection_id = c.id AND k.organization_id = o.id AND k.retired_at IS NULL),
             'failures', l.failures, 'successes', l.successes)), '[]') AS connections
    FROM (SELECT id, name, type, settings FROM connections
          WHERE organization_id = o.id AND status = 'active' ORDER BY created_at, id LIMIT $3::int) AS c
    CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE outcome = 'failure') AS failures, count(*) FILTER (WHERE outcome = 'success') AS successes
      FROM (SELECT outcome FROM login_records WHERE connection_id = c.id AND created_at >= $2::timestamptz
            ORDER BY created_at DESC, id DESC LIMIT ${LATEST}) AS latest) AS l) AS c
  LEFT JOIN LATERAL (
    SELECT created_at AS last_login_at FROM sessions WHERE organization_id = o.id
    ORDER BY created_at DESC, id DESC LIMIT 1) AS s ON true
  CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE status = 'active')::int AS active,
           count(*) FILTER (WHERE status = 'disabled')::int AS disabled,
           max((SELECT r.created_at FROM scim_requests r WHERE r.directory_id = directories.id
                ORDER BY r.created_at DESC, r.id DESC LIMIT 1)) AS last_request_at,
           count((SELECT 1 FROM held_changes h
                  WHERE h.directory_id = directories.id AND h.status = 'held'))::int AS held_changes,
           coalesce(json_agg(json_build_object('id', directories.id, 'name', directories.name) ORDER BY directories.created_at)
                    FILTER (WHERE directories.in_review), '[]') AS in_review
    FROM directories WHERE organization_id = o.id AND deleted_at IS NULL) AS d
  CROSS JOIN LATERAL (
    SELECT count(DISTINCT id)::int AS pending, min(marked_at) AS oldest
    FROM (SELECT directory_user_id AS id, marked_at FROM dirty_directory_users WHERE organization_id = o.id
          UNION ALL
          SELECT directory_group_id, marked_at FROM dirty_directory_groups WHERE organization_id = o.id) AS dirty) AS p
  CROSS JOIN LATERAL (
    SELECT count(*)::int AS open_conflicts FROM conflicts WHERE organization_id = o.id AND resolved_at IS NULL) AS f
  CROSS JOIN LATERAL (
    SELECT count(*)::int AS limited_groups FROM directory_groups
    WHERE organization_id = o.id AND nesting_limit IS NOT NULL AND deleted_at IS NULL) AS g`;

async function readHealth(
  sql: Sql,
  ids: readonly string[],
  now: Date,
  lookedInto: number,
): Promise<ReadonlyMap<string, Overview>> {
  const dayAgo = new Date(now.getTime() - DAY_MS);
  const { rows } = await sql.query<Row>(HEALTH, [ids, dayAgo, lookedInto]);
  return new Map(rows.map((row) => [row.id, overviewOf(row, now)]));
}

/** How an organization is, at a glance. */
export async function readOverview({ deps }: Context, organizationId: string): Promise<Overview> {
  const health = await readHealth(deps.database.sql, [organizationId], deps.now(), LOOKED_INTO.alone);
  return health.get(organizationId) ?? missing();
}

/** How organizations are, page by page. */
export async function listHealth(context: Context, query: OrganizationsQuery) {
  const { deps } = context;
  const { items, nextCursor } = await listOrganizations(context, query);
  const ids = items.map(({ id }) => id);
  const health = await readHealth(deps.database.sql, ids, deps.now(), LOOKED_INTO.inList);
  return {
    items: items.map((organization) => ({ organization, ...(health.get(organization.id) ?? missing()) })),
    nextCursor,
  };
}

function missing(): never {
  throw problem("organization_not_found");
}

function overviewOf(row: Row, now: Date): Overview {
  return {
    connections: {
      active: row.active_connections,
      disabled: row.disabled_connections,
      failing: row.connections
        .filter(({ failures, successes }) => failures > 0 && successes === 0)
        .map(({ id, name, failures }) => ({ connectionId: id, connection: name, failures })),
    },
    certificates: row.connections.flatMap((each) => endingCertificates(each, now)).toSorted(byEnd),
    lastLoginAt: row.last_login_at?.toISOString() ?? null,
    directory: {
      active: row.active,
      disabled: row.disabled,
      lastRequestAt: row.last_request_at?.toISOString() ?? null,
      pending: row.pending,
      inReview: row.in_review.map(({ id, name }) => ({ directoryId: id, directory: name })),
      lagSeconds: row.oldest === null ? 0 : Math.max(0, (now.getTime() - row.oldest.getTime()) / 1000),
    },
    openConflicts: row.open_conflicts,
    limitedGroups: row.limited_groups,
    heldChanges: row.held_changes,
  };
}

function endingCertificates(
  { id, name, type, settings, own }: ConnectionRow,
  now: Date,
): Overview["certificates"] {
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
