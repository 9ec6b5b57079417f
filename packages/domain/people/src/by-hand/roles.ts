import { newId, type Sql } from "@sallyport/database";
import type { EventDraft } from "@sallyport/events";
import { countsAtSignIn, isMappedAtSignIn, type Mapping, mappingColumns } from "../group-match.ts";
import type { Membership, Source } from "../membership.ts";
import { bindingEvent } from "../role-binding-events.ts";

/** A role of the organization. */
export interface RoleRef {
  readonly id: string;
  readonly key: string;
}

export interface BindingRow {
  readonly id: string;
  readonly role_id: string;
  readonly key: string;
  readonly source: Source;
  readonly group_key: string;
  readonly membership_id: string;
  readonly user_id: string;
}

const OF = `FROM role_bindings b JOIN roles r ON r.id = b.role_id JOIN memberships m ON m.id = b.membership_id`;
const COLUMNS = "b.id, b.role_id, r.key, b.source, b.group_key, b.membership_id, m.user_id";

/** Makes the manual bindings of a membership exactly those of the roles. */
export async function setManualRoles(
  sql: Sql,
  organizationId: string,
  { id: membershipId, userId }: Membership,
  roles: readonly RoleRef[],
  now: Date,
): Promise<EventDraft[]> {
  const wanted = new Map(roles.map((role) => [role.id, role]));
  const present = await manualBindings(sql, organizationId, membershipId);
  const removed = present.filter((binding) => !wanted.has(binding.role_id));
  for (const { role_id } of present) {
    wanted.delete(role_id);
  }
  const added = [...wanted.values()].map((role) => ({ ...role, bindingId: newId() }));
  await sql.query(
    `INSERT INTO role_bindings (id, organization_id, role_id, membership_id, source, created_at)
     SELECT id, $1::uuid, role_id, $2::uuid, 'manual', $5::timestamptz
     FROM unnest($3::uuid[], $4::uuid[]) AS granted (id, role_id)`,
    [organizationId, membershipId, added.map(({ bindingId }) => bindingId), added.map(({ id }) => id), now],
  );
  return [
    ...(await deleteBindings(sql, organizationId, removed)),
    ...added.map(({ bindingId, id: roleId, key: role }) =>
      bindingEvent("role_binding.created", organizationId, {
        ...{ id: bindingId, membershipId, userId, roleId, role },
        source: "manual",
        groupKey: "",
      }),
    ),
  ];
}

/** The roles that a member was granted by hand. */
export async function manualRoles(
  sql: Sql,
  organizationId: string,
  { id }: Pick<Membership, "id">,
): Promise<RoleRef[]> {
  const rows = await manualBindings(sql, organizationId, id);
  return rows.map(({ role_id, key }) => ({ id: role_id, key }));
}

async function manualBindings(sql: Sql, organizationId: string, membershipId: string): Promise<BindingRow[]> {
  const { rows } = await sql.query<BindingRow>(
    `SELECT ${COLUMNS} ${OF} WHERE b.organization_id = $1::uuid AND b.membership_id = $2::uuid AND b.source = 'manual'`,
    [organizationId, membershipId],
  );
  return rows;
}

/** Takes a role from a member as far as a directory or a sign-in gave it. */
export async function dropRole(
  sql: Sql,
  organizationId: string,
  { id }: Pick<Membership, "id">,
  role: RoleRef,
): Promise<EventDraft[]> {
  const { rows } = await sql.query<BindingRow>(
    `SELECT ${COLUMNS} ${OF}
     WHERE b.organization_id = $1::uuid AND b.membership_id = $2::uuid AND b.role_id = $3::uuid AND b.source <> 'manual'`,
    [organizationId, id, role.id],
  );
  return deleteBindings(sql, organizationId, rows);
}

/**
 * Takes back what sign-ins gave by mappings that are no more, unless one that is gives it, too. What directories gave by them the reconciler takes back.
 */
export async function endMappings(
  sql: Sql,
  organizationId: string,
  mappings: readonly Mapping[],
): Promise<EventDraft[]> {
  const ended = mappings.filter(countsAtSignIn);
  if (ended.length === 0) {
    return [];
  }
  const [keys, patterns, , roleIds] = mappingColumns(ended);
  const { rows } = await sql.query<BindingRow>(
    `SELECT DISTINCT ${COLUMNS} ${OF}
     JOIN unnest($2::text[], $3::text[], $4::uuid[]) AS ended (group_key, pattern, role_id)
       ON ended.role_id = b.role_id
       AND CASE WHEN ended.pattern IS NULL THEN b.group_key = ended.group_key ELSE b.group_key LIKE ended.pattern END
     WHERE b.organization_id = $1::uuid AND b.source = 'jit' AND b.group_key <> ''
       AND NOT ${isMappedAtSignIn("$1::uuid", "b.role_id", "b.group_key")}`,
    [organizationId, keys, patterns, roleIds],
  );
  return deleteBindings(sql, organizationId, rows);
}

/** Takes back what sign-ins gave to those whom a directory manages: from now on its groups alone decide. */
export async function endSignInRoles(sql: Sql, organizationId: string): Promise<EventDraft[]> {
  const { rows } = await sql.query<BindingRow>(
    `SELECT ${COLUMNS} ${OF}
     WHERE b.organization_id = $1::uuid AND b.source = 'jit' AND (m.source = 'directory' OR m.directory = 'active')`,
    [organizationId],
  );
  return deleteBindings(sql, organizationId, rows);
}

export async function deleteBindings(
  sql: Sql,
  organizationId: string,
  bindings: readonly BindingRow[],
): Promise<EventDraft[]> {
  if (bindings.length === 0) {
    return [];
  }
  await sql.query("DELETE FROM role_bindings WHERE organization_id = $1::uuid AND id = ANY($2::uuid[])", [
    organizationId,
    bindings.map(({ id }) => id),
  ]);
  return bindings.map((row) =>
    bindingEvent("role_binding.deleted", organizationId, {
      id: row.id,
      membershipId: row.membership_id,
      userId: row.user_id,
      roleId: row.role_id,
      role: row.key,
      source: row.source,
      groupKey: row.group_key,
    }),
  );
}
