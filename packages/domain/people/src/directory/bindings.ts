import { newId } from "@sallyport/database";
import { groupsOf } from "@sallyport/directories";
import type { EventDraft } from "@sallyport/events";
import { countsAtSignIn, type Mapping, mappingColumns, names } from "../group-match.ts";
import type { Membership, Source } from "../membership.ts";
import { type AccessRules, isFirst, type Precedence } from "../policy/policy.ts";
import { bindingEvent } from "../role-binding-events.ts";
import type { Batch } from "./batch.ts";
import { endsAccess, type MembershipDecisions } from "./memberships.ts";

/** A role of a membership, as the directory grants it. */
interface Grant {
  readonly membershipId: string;
  readonly roleId: string;
}

/** A binding that stands in the database, or is to. */
export interface Binding extends Grant {
  readonly id: string;
  readonly source: Source;
  readonly groupKey: string;
}

/** What becomes of bindings, before it is stored. */
export interface BindingDecisions {
  /** All that the memberships have now, from every source. */
  readonly present: readonly Binding[];
  readonly granted: readonly Binding[];
  readonly revoked: readonly Binding[];
  readonly roles: ReadonlyMap<string, string>;
}

/** By what bindings are decided. */
export interface BindingRules {
  readonly rules: AccessRules;
  /** By which groups give roles; null: those that are stored. */
  readonly mappings: readonly Mapping[] | null;
  /** Those that would be no more. */
  readonly endedMappings: readonly Mapping[];
}

/**
 * The directory bindings that memberships have to have: the roles that the names of the groups are
 * mapped to and those bound to the groups themselves, of every active directory user of theirs, and `member` where
 * the membership is the directory's, with the default role where no group gives one. A membership that is not active has
 * none. Changes nothing.
 *
 * What a sign-in granted ends where a directory's groups alone decide (the organization's `rolesFrom`), and with every
 * suspension: it must not outlive what the directory says now. Of those who only ever signed in, who has no role by an
 * asserted group has the default one.
 */
export async function decideBindings(
  batch: Batch,
  { memberships, created, changed }: MembershipDecisions,
  { rules, mappings, endedMappings }: BindingRules,
): Promise<BindingDecisions> {
  const { roles, rolesFrom, memberRoleId, policy } = rules;
  const { defaultRoleId } = policy;
  const active = memberships.filter(({ status, directory }) => status === "active" && directory !== "ended");
  const wanted = await readGroupGrants(batch, active, mappings, policy.precedence);
  const withoutJit = new Set(
    [
      ...memberships.filter(({ directory }) => directory === "active" && rolesFrom === "directory"),
      ...changed.filter(({ before, after }) => before.source !== after.source).map(({ after }) => after),
      ...changed.filter(endsAccess).map(({ after }) => after),
    ].map(({ id }) => id),
  );
  const made = new Set(created);
  const present = await readBindings(
    batch,
    memberships.filter((membership) => !made.has(membership)),
  );
  const isEnded = endedAtSignIn(endedMappings, mappings ?? []);
  const endsAtSignIn = (binding: Binding) => withoutJit.has(binding.membershipId) || isEnded(binding);
  const byGroup = new Set(wanted.map(({ membershipId }) => membershipId));
  const byAssertedGroup = new Set(
    present
      .filter((binding) => binding.source === "jit" && binding.groupKey !== "" && !endsAtSignIn(binding))
      .map(({ membershipId }) => membershipId),
  );
  const wantedOfSignIns: Grant[] = [];
  for (const { id: membershipId, source } of active) {
    if (source === "directory") {
      const general = [memberRoleId, byGroup.has(membershipId) ? null : defaultRoleId];
      wanted.push(...general.flatMap((roleId) => (roleId === null ? [] : [{ membershipId, roleId }])));
    } else if (source === "jit" && defaultRoleId !== null && !byAssertedGroup.has(membershipId)) {
      wantedOfSignIns.push({ membershipId, roleId: defaultRoleId });
    }
  }
  const ofSignIns = new Set(active.filter(({ source }) => source === "jit").map(({ id }) => id));
  const isDefault = ({ membershipId, roleId, groupKey }: Binding) =>
    groupKey === "" && roleId !== memberRoleId && ofSignIns.has(membershipId);
  return {
    roles,
    present,
    ...diffBindings(wanted, wantedOfSignIns, present, (binding) =>
      isDefault(binding) ? null : endsAtSignIn(binding),
    ),
  };
}

/** Whether what a sign-in gave would end with mappings: one of them gave it, and none that stays does. */
function endedAtSignIn(
  ended: readonly Mapping[],
  stays: readonly Mapping[],
): (binding: Pick<Binding, "roleId" | "groupKey">) => boolean {
  const isNamed = (
    mappings: readonly Mapping[],
    { roleId, groupKey }: Pick<Binding, "roleId" | "groupKey">,
  ) =>
    mappings.some(
      (mapping) => mapping.roleId === roleId && countsAtSignIn(mapping) && names(mapping, groupKey),
    );
  return (binding) => binding.groupKey !== "" && isNamed(ended, binding) && !isNamed(stays, binding);
}

/** Stores what was decided, and returns the events that tell of it. */
export async function storeBindings(
  batch: Batch,
  memberships: readonly Membership[],
  { granted, revoked, roles }: BindingDecisions,
): Promise<EventDraft[]> {
  await deleteBindings(batch, revoked);
  await insertBindings(batch, granted);

  const userIdOf = new Map(memberships.map((membership) => [membership.id, membership.userId]));
  const event = (type: "role_binding.created" | "role_binding.deleted", binding: Binding) =>
    bindingEvent(type, batch.organizationId, {
      ...binding,
      userId: userIdOf.get(binding.membershipId) ?? "",
      role: roles.get(binding.roleId) ?? "",
    });
  return [
    ...granted.map((binding) => event("role_binding.created", binding)),
    ...revoked.map((binding) => event("role_binding.deleted", binding)),
  ];
}

/**
 * What must come and what must go, so that the directory bindings are the wanted ones, each once, and those of sign-ins, too.
 * Manual ones stay (invariant 6).
 *
 * @param endsAtSignIn whether what a sign-in gave ends; null: it stays as far as it is wanted
 */
function diffBindings(
  wanted: readonly Grant[],
  wantedOfSignIns: readonly Grant[],
  present: readonly Binding[],
  endsAtSignIn: (binding: Binding) => boolean | null,
): { granted: Binding[]; revoked: Binding[] } {
  const keyOf = (grant: Grant) => `${grant.membershipId} ${grant.roleId}`;
  const missing = new Map(wanted.map((grant) => [keyOf(grant), grant]));
  const missingOfSignIns = new Map(wantedOfSignIns.map((grant) => [keyOf(grant), grant]));
  const isOver = (binding: Binding) =>
    binding.source === "jit"
      ? (endsAtSignIn(binding) ?? !missingOfSignIns.delete(keyOf(binding)))
      : !missing.delete(keyOf(binding));
  const revoked = present.filter((binding) => binding.source !== "manual" && isOver(binding));
  const grantedBy = (source: "directory" | "jit") => (grant: Grant) => ({
    ...{ id: newId(), source, groupKey: "" },
    ...grant,
  });
  const granted = [
    ...[...missing.values()].map(grantedBy("directory")),
    ...[...missingOfSignIns.values()].map(grantedBy("jit")),
  ];
  return { granted, revoked };
}

// What the group `g` is named as a whole by. Where mappings are given, all are among the patterns.
const STORED_MAPPINGS = `
  SELECT map.role_id FROM group_mappings map
  WHERE map.organization_id = $1 AND map.group_key = g.display_name_key AND map.pattern IS NULL
    AND (map.directory_id IS NULL OR map.directory_id = g.directory_id)
  UNION ALL`;

const STORED_PATTERNS = `
  SELECT map.group_key, map.pattern, map.directory_id, map.role_id FROM group_mappings map
  WHERE map.organization_id = $1 AND map.pattern IS NOT NULL`;
const GIVEN_MAPPINGS = `
  SELECT * FROM unnest($4::text[], $5::text[], $6::uuid[], $7::uuid[])
    AS map (group_key, pattern, directory_id, role_id)`;

/**
 * What the groups of the memberships' active directory users give, by these mappings. Patterns are compared with each group
 * once, however many of the members are in it: what they find is a list by group, which no plan can have go through again
 * for each member, as it might a join.
 */
export async function readGroupGrants(
  batch: Batch,
  memberships: readonly Membership[],
  mappings: readonly Mapping[] | null,
  { order, rolesFromFirst }: Precedence,
): Promise<Grant[]> {
  const given = mappings === null ? [] : mappingColumns(mappings);
  const firstOnly = rolesFromFirst && order.length > 0;
  const { rows } = await batch.sql.query<{ membership_id: string; role_id: string }>(
    `WITH patterns AS MATERIALIZED (${mappings === null ? STORED_PATTERNS : GIVEN_MAPPINGS}),
     held AS MATERIALIZED (
       SELECT m.membership_id, g.id, g.display_name_key, g.directory_id
       FROM unnest($2::uuid[], $3::uuid[]) AS m (membership_id, user_id)
       JOIN directory_user_links l ON l.user_id = m.user_id
       JOIN directory_users du ON du.id = l.directory_user_id AND du.organization_id = $1
         AND du.deleted_at IS NULL AND du.active
         ${firstOnly ? `AND ${isFirst(`$${4 + given.length}::uuid[]`, "m.user_id")}` : ""}
       CROSS JOIN LATERAL (${groupsOf("du.id", "gm.organization_id = $1")}) gm
       JOIN directory_groups g ON g.id = gm.group_id AND g.organization_id = $1 AND g.deleted_at IS NULL
     ), named AS MATERIALIZED (
       SELECT jsonb_object_agg(id, roles) AS roles_of FROM (
         SELECT g.id, jsonb_agg(DISTINCT map.role_id) AS roles
         FROM patterns map
         JOIN (SELECT DISTINCT id, display_name_key, directory_id FROM held) g
           ON CASE WHEN map.pattern IS NULL THEN g.display_name_key = map.group_key
                   ELSE g.display_name_key LIKE map.pattern END
           AND (map.directory_id IS NULL OR map.directory_id = g.directory_id)
         GROUP BY g.id) AS by_group
     )
     SELECT DISTINCT g.membership_id, granted.role_id
     FROM held g
     CROSS JOIN LATERAL (
       ${mappings === null ? STORED_MAPPINGS : ""}
       SELECT role_id::uuid FROM jsonb_array_elements_text((SELECT roles_of FROM named) -> g.id::text) AS role_id
       UNION ALL
       SELECT b.role_id FROM role_bindings b
       WHERE b.directory_group_id = g.id AND b.organization_id = $1) AS granted`,
    [
      batch.organizationId,
      memberships.map(({ id }) => id),
      memberships.map(({ userId }) => userId),
      ...given,
      ...(firstOnly ? [order] : []),
    ],
    `people_group_grants${mappings === null ? "" : "_by"}${firstOnly ? "_of_first" : ""}`,
  );
  return rows.map((row) => ({ membershipId: row.membership_id, roleId: row.role_id }));
}

async function readBindings(batch: Batch, memberships: readonly Membership[]): Promise<Binding[]> {
  if (memberships.length === 0) {
    return [];
  }
  const { rows } = await batch.sql.query<{
    id: string;
    membership_id: string;
    role_id: string;
    source: Source;
    group_key: string;
  }>(
    `SELECT id, membership_id, role_id, source, group_key FROM role_bindings
     WHERE organization_id = $1 AND membership_id = ANY($2::uuid[])`,
    [batch.organizationId, memberships.map(({ id }) => id)],
    "people_read_bindings",
  );
  return rows.map((row) => ({
    id: row.id,
    membershipId: row.membership_id,
    roleId: row.role_id,
    source: row.source,
    groupKey: row.group_key,
  }));
}

async function deleteBindings(batch: Batch, bindings: readonly Binding[]): Promise<void> {
  if (bindings.length === 0) {
    return;
  }
  await batch.sql.query(
    "DELETE FROM role_bindings WHERE organization_id = $1 AND id = ANY($2::uuid[])",
    [batch.organizationId, bindings.map(({ id }) => id)],
    "people_revoke_roles",
  );
}

async function insertBindings(batch: Batch, grants: readonly Binding[]): Promise<void> {
  if (grants.length === 0) {
    return;
  }
  await batch.sql.query(
    `INSERT INTO role_bindings (id, organization_id, role_id, membership_id, source, created_at)
     SELECT id, $1, role_id, membership_id, source, $6
     FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::source[]) AS granted (id, role_id, membership_id, source)`,
    [
      batch.organizationId,
      grants.map(({ id }) => id),
      grants.map(({ roleId }) => roleId),
      grants.map(({ membershipId }) => membershipId),
      grants.map(({ source }) => source),
      batch.now,
    ],
    "people_grant_roles",
  );
}
