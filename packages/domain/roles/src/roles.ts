import { newId, type Prisma, type Role } from "@sallyport/database";
import { markUsers } from "@sallyport/directories";
import { difference, type EventDraft, pick, type RecordedTransaction } from "@sallyport/events";
import { lockOrganization, lockPeople, type RoleRef, readPolicy, settleDefaultRole } from "@sallyport/people";

/** The role that every membership has. */
export const MEMBER_ROLE = "member";

/** What an administrator says of a role. The key is unique within the organization, and stays. */
export type RoleSettings = Pick<Prisma.RoleCreateManyInput, "key" | "name"> & {
  readonly permissions: string[];
};

/** The roles that an organization starts with. */
export async function createFirstRoles(
  { tx, record }: RecordedTransaction,
  organizationId: string,
): Promise<void> {
  const roles = await tx.role.createManyAndReturn({
    data: [
      { id: newId(), organizationId, key: MEMBER_ROLE, name: "Member", permissions: [] },
      { id: newId(), organizationId, key: "admin", name: "Admin", permissions: [] },
    ],
  });
  for (const role of roles) {
    record(created(role));
  }
}

/** Roles of an organization by their keys; those that it has not are left out. */
export async function rolesByKey(
  tx: Prisma.TransactionClient,
  organizationId: string,
  keys: readonly string[],
): Promise<Map<string, RoleRef>> {
  const roles = await tx.role.findMany({
    where: { organizationId, key: { in: [...new Set(keys)] } },
    select: { id: true, key: true },
  });
  return new Map(roles.map((role) => [role.key, role]));
}

/** Resolves to null where the organization has a role of that key. */
export async function createRole(
  { tx, record }: RecordedTransaction,
  organizationId: string,
  settings: RoleSettings,
): Promise<Role | null> {
  const [role] = await tx.role.createManyAndReturn({
    data: [{ id: newId(), organizationId, ...settings }],
    skipDuplicates: true,
  });
  if (role === undefined) {
    return null;
  }
  record(created(role));
  return role;
}

/** Resolves to null where the organization has no such role. */
export async function updateRole(
  { tx, sql, record }: RecordedTransaction,
  organizationId: string,
  id: string,
  patch: Prisma.RoleUpdateManyMutationInput,
): Promise<Role | null> {
  await lockOrganization(sql, organizationId);
  const before = await tx.role.findFirst({ where: { id, organizationId } });
  const [role] = await tx.role.updateManyAndReturn({ where: { id, organizationId }, data: patch });
  if (before === null || role === undefined) {
    return null;
  }
  const changed = difference(pick(before, ["name", "permissions"]), pick(role, ["name", "permissions"]));
  if (changed !== null) {
    record({
      organizationId,
      type: "role.updated",
      resource: { type: "role", id },
      data: { key: role.key },
      ...changed,
    });
  }
  return role;
}

/**
 * Deletes a role with its bindings and mappings; `member` is protected, and so is the default role. Whom no group gives a role
 * any more is given the default one, by the reconciler where a directory manages them.
 */
export async function deleteRole(
  { tx, sql, record }: RecordedTransaction,
  organizationId: string,
  id: string,
  now: Date,
): Promise<"deleted" | "not_found" | "protected" | "default"> {
  await lockPeople(sql, organizationId);
  await lockOrganization(sql, organizationId);
  const role = await tx.role.findFirst({ where: { id, organizationId } });
  if (role === null) {
    return "not_found";
  }
  if (role.key === MEMBER_ROLE) {
    return "protected";
  }
  const { defaultRoleId } = await readPolicy(sql, organizationId);
  if (defaultRoleId === id) {
    return "default";
  }
  if (defaultRoleId !== null) {
    await sql.query(
      markUsers(`SELECT $1::uuid, l.directory_user_id, $3::timestamptz
                 FROM role_bindings b JOIN memberships m ON m.id = b.membership_id
                 JOIN directory_user_links l ON l.user_id = m.user_id
                 WHERE b.role_id = $2::uuid AND b.organization_id = $1::uuid AND b.source = 'directory'`),
      [organizationId, id, now],
    );
  }
  await tx.role.deleteMany({ where: { id, organizationId } });
  for (const event of await settleDefaultRole(sql, organizationId, now)) {
    record(event);
  }
  record({
    organizationId,
    type: "role.deleted",
    resource: { type: "role", id },
    before: eventFieldsOf(role),
  });
  return "deleted";
}

function created(role: Role): EventDraft {
  const { organizationId, id } = role;
  return { organizationId, type: "role.created", resource: { type: "role", id }, after: eventFieldsOf(role) };
}

/** What events tell of a role. */
function eventFieldsOf(role: Role) {
  return pick(role, ["key", "name", "permissions"]);
}
