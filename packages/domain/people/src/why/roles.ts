import type { Sql } from "@sallyport/database";
import { type GroupMatch, isMappedAtSignIn } from "../group-match.ts";
import type { Source } from "../membership.ts";
import { isFirst } from "../policy/policy.ts";
import { readPolicy } from "../policy/settings.ts";
import { groupPath, type Nesting } from "./group-path.ts";

export interface NamedRef {
  readonly id: string;
  readonly name: string;
}

/** Why somebody has a role. `since`: when they were given it for this reason. */
export type RoleReason =
  /** Every member has the role `member`. */
  | { readonly type: "membership"; readonly since: Date; readonly source: Source }
  | { readonly type: "hand"; readonly since: Date }
  /** It is the organization's default role, and no group gives them one. */
  | { readonly type: "default"; readonly since: Date }
  /** A group that the identity provider asserted, lower case. `mapped`: it gives the role still. */
  | { readonly type: "signIn"; readonly since: Date; readonly group: string; readonly mapped: boolean }
  | GroupReason
  /** A directory gave it once, and what it says now does not: it goes when the worker comes to it, unless it is held. */
  | { readonly type: "outdated"; readonly since: Date };

/** A directory has them in a group that gives the role, or in one that is in such a group. */
export interface GroupReason {
  readonly type: "group";
  readonly since: Date;
  readonly directory: NamedRef;
  readonly directoryUserId: string;
  /** From the group that they are in to the one that gives the role: one group, where nothing is nested. */
  readonly groups: readonly NamedRef[];
  /** The mapping's group name; null: the role is bound to the group itself. */
  readonly mapping: string | null;
  /** How the mapping names the group. */
  readonly match: GroupMatch;
  readonly mappedSince: Date;
  readonly inGroupSince: Date;
  /** The SCIM request that put them into the first of the groups, while the log has it. */
  readonly requestId: string | null;
}

export interface ExplainedRole {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly permissions: readonly string[];
  readonly reasons: readonly RoleReason[];
}

/** The limit of reasons of one kind: the shortest paths first. */
const MOST = 100;
/** Nestings that are looked through for the ways between groups. */
const MOST_NESTINGS = 10_000;

/** Each role that a member has, with every reason that there is for it. */
export async function explainRoles(
  sql: Sql,
  organizationId: string,
  { membershipId, userId }: { readonly membershipId: string; readonly userId: string },
): Promise<ExplainedRole[]> {
  const bindings = await readBindings(sql, organizationId, membershipId);
  const ways = await readWays(sql, organizationId, userId);
  const groups = await groupReasons(sql, organizationId, ways);
  const roles = new Map<string, Omit<ExplainedRole, "reasons"> & { readonly reasons: RoleReason[] }>();
  for (const binding of bindings) {
    const { role_id: id, key, name, permissions } = binding;
    const role = roles.get(id) ?? { id, key, name, permissions, reasons: [] };
    role.reasons.push(...reasonsOf(binding, groups));
    roles.set(id, role);
  }
  return [...roles.values()];
}

interface BindingRow {
  readonly role_id: string;
  readonly key: string;
  readonly name: string;
  readonly permissions: string[];
  readonly source: Source;
  readonly group_key: string;
  readonly mapped: boolean;
  readonly created_at: Date;
  readonly membership_source: Source;
  readonly is_default: boolean;
}

type GroupGrant = Omit<GroupReason, "since"> & { readonly roleId: string };

function reasonsOf(binding: BindingRow, groups: readonly GroupGrant[]): RoleReason[] {
  const { source, created_at: since } = binding;
  if (source === "manual") {
    return [binding.key === "member" ? ofMembership(binding) : { type: "hand", since }];
  }
  if (source === "jit" && binding.group_key !== "") {
    return [{ type: "signIn", since, group: binding.group_key, mapped: binding.mapped }];
  }
  if (source === "jit" && binding.is_default) {
    return [{ type: "default", since }];
  }
  const found = source === "directory" ? groups.filter(({ roleId }) => roleId === binding.role_id) : [];
  const reasons: RoleReason[] = found.map(({ roleId: _, ...reason }) => ({ ...reason, since }));
  if (binding.key === "member" && source === binding.membership_source) {
    reasons.push(ofMembership(binding));
  }
  if (reasons.length === 0 && binding.is_default && groups.length === 0) {
    reasons.push({ type: "default", since });
  }
  return reasons.length > 0 ? reasons : [{ type: "outdated", since }];
}

function ofMembership({ created_at: since, membership_source: source }: BindingRow): RoleReason {
  return { type: "membership", since, source };
}

async function readBindings(sql: Sql, organizationId: string, membershipId: string): Promise<BindingRow[]> {
  const { rows } = await sql.query<BindingRow>(
    `SELECT r.id AS role_id, r.key, r.name, r.permissions, b.source, b.group_key, b.created_at,
            m.source AS membership_source, r.id = p.default_role_id IS TRUE AS is_default,
            ${isMappedAtSignIn("$1::uuid", "b.role_id", "b.group_key")} AS mapped
     FROM role_bindings b
     JOIN memberships m ON m.id = b.membership_id
     JOIN roles r ON r.id = b.role_id AND r.organization_id = $1::uuid
     LEFT JOIN access_policies p ON p.organization_id = $1::uuid
     WHERE b.organization_id = $1::uuid AND b.membership_id = $2::uuid
     ORDER BY r.key, b.created_at, b.id`,
    [organizationId, membershipId],
  );
  return rows;
}

interface WayRow {
  readonly directory_user_id: string;
  readonly directory_id: string;
  readonly directory_name: string;
  readonly direct_id: string;
  readonly direct_name: string;
  readonly group_id: string;
  readonly group_name: string;
  readonly depth: number;
  readonly role_id: string;
  readonly mapping: string | null;
  readonly match: GroupMatch;
  readonly mapped_since: Date;
  readonly in_group_since: Date;
  readonly request_id: string | null;
}

/** Every way from a group of the user's directory users to a group that gives a role, as `readGroupGrants` finds them. */
async function readWays(sql: Sql, organizationId: string, userId: string): Promise<WayRow[]> {
  const { precedence } = await readPolicy(sql, organizationId);
  const { rows } = await sql.query<WayRow>(
    `WITH way AS MATERIALIZED (
       SELECT du.id AS directory_user_id, d.id AS directory_id, d.name AS directory_name,
              direct.id AS direct_id, direct.display_name AS direct_name, gm.created_at AS in_group_since,
              g.id AS group_id, g.display_name AS group_name, reached.depth,
              granted.role_id, granted.mapping, granted.match, granted.mapped_since
       FROM directory_user_links l
       JOIN directory_users du ON du.id = l.directory_user_id AND du.organization_id = $1::uuid
         AND du.deleted_at IS NULL AND du.active
         ${precedence.rolesFromFirst && precedence.order.length > 0 ? `AND ${isFirst("$3::uuid[]", "l.user_id")}` : "AND $3::uuid[] IS NOT NULL"}
       JOIN directories d ON d.id = du.directory_id
       JOIN directory_group_members gm ON gm.user_id = du.id AND gm.organization_id = $1::uuid
       JOIN directory_groups direct ON direct.id = gm.group_id
       CROSS JOIN LATERAL (
         SELECT gm.group_id, 0 AS depth UNION ALL
         SELECT a.ancestor_id, a.depth FROM directory_group_ancestors a WHERE a.group_id = gm.group_id) reached
       JOIN directory_groups g ON g.id = reached.group_id AND g.organization_id = $1::uuid AND g.deleted_at IS NULL
       CROSS JOIN LATERAL (
         SELECT map.role_id, map."group" AS mapping, map.match, map.created_at AS mapped_since FROM group_mappings map
         WHERE map.organization_id = $1::uuid AND map.group_key = g.display_name_key AND map.pattern IS NULL
           AND (map.directory_id IS NULL OR map.directory_id = g.directory_id)
         UNION ALL
         SELECT map.role_id, map."group", map.match, map.created_at FROM group_mappings map
         WHERE map.organization_id = $1::uuid AND map.pattern IS NOT NULL AND g.display_name_key LIKE map.pattern
           AND (map.directory_id IS NULL OR map.directory_id = g.directory_id)
         UNION ALL
         SELECT b.role_id, NULL, 'exact', b.created_at FROM role_bindings b
         WHERE b.directory_group_id = g.id AND b.organization_id = $1::uuid) granted
       WHERE l.user_id = $2::uuid
       ORDER BY reached.depth, gm.created_at, direct.id, g.id, granted.role_id
       LIMIT ${MOST})
     SELECT way.*, request.request_id
     FROM way LEFT JOIN LATERAL (
       -- The rows that a request made are of the time at which it came, or at which the last came that ran together with it.
       SELECT s.request_id FROM scim_requests s
       WHERE s.directory_id = way.directory_id
         AND s.created_at BETWEEN way.in_group_since - interval '10 seconds' AND way.in_group_since
         AND s.changed -> 'groups' ? way.direct_id::text
         AND strpos(s.request_body::text, way.directory_user_id::text) > 0
       ORDER BY s.created_at DESC LIMIT 1) request ON true
     ORDER BY way.depth, way.in_group_since, way.direct_id, way.group_id`,
    [organizationId, userId, precedence.order],
  );
  return rows;
}

async function groupReasons(
  sql: Sql,
  organizationId: string,
  ways: readonly WayRow[],
): Promise<GroupGrant[]> {
  const between = await readBetween(sql, organizationId, ways);
  return ways.map((way) => ({
    type: "group",
    roleId: way.role_id,
    directory: { id: way.directory_id, name: way.directory_name },
    directoryUserId: way.directory_user_id,
    groups: between(way),
    mapping: way.mapping,
    match: way.match,
    mappedSince: way.mapped_since,
    inGroupSince: way.in_group_since,
    requestId: way.request_id,
  }));
}

/** The groups on the way from the first to the last. */
async function readBetween(
  sql: Sql,
  organizationId: string,
  ways: readonly WayRow[],
): Promise<(way: WayRow) => NamedRef[]> {
  const names = new Map<string, string>();
  for (const way of ways) {
    names.set(way.direct_id, way.direct_name).set(way.group_id, way.group_name);
  }
  const far = ways.filter(({ depth }) => depth > 1);
  const nestings = far.length === 0 ? [] : await readNestings(sql, organizationId, far, names);
  return ({ depth, direct_id: from, group_id: to }) => {
    const path = depth > 1 ? (groupPath(from, to, nestings) ?? [from, to]) : [...new Set([from, to])];
    return path.map((id) => ({ id, name: names.get(id) ?? "" }));
  };
}

/** The nestings of the groups and of all above them; adds the names of what it finds. */
async function readNestings(
  sql: Sql,
  organizationId: string,
  ways: readonly WayRow[],
  names: Map<string, string>,
): Promise<Nesting[]> {
  const { rows } = await sql.query<Nesting & { readonly name: string }>(
    `SELECT n.member_group_id AS member, n.group_id AS "group", g.display_name AS name
     FROM (SELECT unnest($2::uuid[]) AS id UNION
           SELECT a.ancestor_id FROM directory_group_ancestors a
           WHERE a.group_id = ANY($2::uuid[]) AND a.organization_id = $1::uuid) reached
     JOIN directory_group_nestings n ON n.member_group_id = reached.id AND n.organization_id = $1::uuid
     JOIN directory_groups g ON g.id = n.group_id AND g.deleted_at IS NULL
     ORDER BY n.group_id LIMIT ${MOST_NESTINGS}`,
    [organizationId, [...new Set(ways.map(({ direct_id }) => direct_id))]],
  );
  for (const { group, name } of rows) {
    names.set(group, name);
  }
  return rows;
}
