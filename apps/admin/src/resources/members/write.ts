import { type Membership, newId, type Prisma } from "@sallyport/database";
import { type Change, change, lockOrganization } from "../../change.ts";
import type { Context } from "../../context.ts";
import { problem } from "../../errors.ts";
import { MEMBER_ROLE, roleIdsByKey } from "../roles/store.ts";
import { getMember } from "./read.ts";
import type { MemberPatch, MemberView, NewMember } from "./schema.ts";

/**
 * Adds a member by hand. A person who was a member before keeps their user, and so the `sub` that applications know.
 * Throws `member_exists`, `role_unknown`.
 */
export function addMember(context: Context, organizationId: string, input: NewMember): Promise<MemberView> {
  return change(context, async (within) => {
    const { tx, sql, recordUncatalogued } = within;
    await lockOrganization(sql, organizationId);
    const userId = await userFor(tx, organizationId, input);
    const membership = await tx.membership.create({
      data: { id: newId(), organizationId, userId, status: "active", source: "manual" },
    });
    await setManualRoles(tx, membership, input.roles);
    recordUncatalogued({
      organizationId,
      type: "membership.created",
      resource: { type: "membership", id: membership.id },
      data: { userId, source: "manual", roles: input.roles },
    });
    return getMember(sql, organizationId, membership.id);
  });
}

async function userFor(
  tx: Prisma.TransactionClient,
  organizationId: string,
  { email, name }: NewMember,
): Promise<string> {
  const known = await tx.user.findMany({
    where: { organizationId, email },
    select: { id: true, membership: { select: { id: true } } },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
  });
  if (known.some((user) => user.membership !== null)) throw problem("member_exists", { field: "email" });
  const given = name === undefined ? {} : { name };
  const former = known[0];
  if (former !== undefined) {
    await tx.user.updateMany({ where: { id: former.id, organizationId }, data: given });
    return former.id;
  }
  const { id } = await tx.user.create({ data: { id: newId(), organizationId, email, ...given } });
  return id;
}

/**
 * Changes a member by hand: status, and the roles granted by hand; roles that come from groups stay. What a directory
 * manages it keeps, unless the patch takes it over (invariant 6). Throws `membership_managed_by_directory`.
 */
export function updateMember(
  context: Context,
  organizationId: string,
  id: string,
  patch: MemberPatch,
): Promise<MemberView> {
  return change(context, async (within) => {
    const { tx, sql, recordUncatalogued } = within;
    await lockOrganization(sql, organizationId);
    const membership = await lockMembership(within, organizationId, id);
    if (membership.source === "directory") {
      if (!patch.takeOver) throw problem("membership_managed_by_directory");
      await takeOver(within, membership);
    }
    if (patch.roles !== undefined) await setManualRoles(tx, membership, patch.roles);
    const { status } = patch;
    if (status !== undefined && status !== membership.status) await setStatus(within, membership, status);
    recordUncatalogued({
      organizationId,
      type: "membership.updated",
      resource: { type: "membership", id },
      data: { userId: membership.userId, ...patch },
    });
    return getMember(sql, organizationId, id);
  });
}

/**
 * Ends a membership and the person's sessions; the user stays, so that they keep their `sub` if they come back.
 * Throws `membership_managed_by_directory`.
 */
export async function removeMember(context: Context, organizationId: string, id: string): Promise<void> {
  await change(context, async (within) => {
    const { tx, recordUncatalogued, endSessions } = within;
    const { userId, source } = await lockMembership(within, organizationId, id);
    if (source === "directory") throw problem("membership_managed_by_directory");
    await tx.membership.deleteMany({ where: { id, organizationId } });
    await endSessions(organizationId, { userIds: [userId] }, "membership_deleted");
    const resource = { type: "membership", id };
    recordUncatalogued({ organizationId, type: "membership.deleted", resource, data: { userId } });
  });
}

/** Locked against the reconciler and against sign-ins, which both look at a membership before they change things. */
async function lockMembership({ tx, sql }: Change, organizationId: string, id: string): Promise<Membership> {
  await sql.query(
    "SELECT id FROM memberships WHERE id = $1::uuid AND organization_id = $2::uuid FOR NO KEY UPDATE",
    [id, organizationId],
  );
  const row = await tx.membership.findFirst({ where: { id, organizationId } });
  if (row === null) throw problem("member_not_found");
  return row;
}

// Roles that groups give stay the directory's; but `member` comes from the membership's own source.
async function takeOver(
  { tx, recordUncatalogued }: Change,
  { id, organizationId, userId }: Membership,
): Promise<void> {
  await tx.membership.updateMany({ where: { id, organizationId }, data: { source: "manual" } });
  await tx.roleBinding.deleteMany({
    where: { organizationId, membershipId: id, source: "directory", role: { key: MEMBER_ROLE } },
  });
  const [roleId] = await roleIdsByKey(tx, organizationId, [MEMBER_ROLE], () => "roles");
  await grant(tx, { id, organizationId }, roleId === undefined ? [] : [roleId]);
  recordUncatalogued({
    organizationId,
    type: "membership.taken_over",
    resource: { type: "membership", id },
    data: { userId },
  });
}

async function setStatus(
  { tx, recordUncatalogued, endSessions }: Change,
  { id, organizationId, userId }: Membership,
  status: Membership["status"],
): Promise<void> {
  await tx.membership.updateMany({ where: { id, organizationId }, data: { status } });
  if (status === "suspended") {
    await endSessions(organizationId, { userIds: [userId] }, "membership_suspended");
  }
  const type = status === "suspended" ? "membership.suspended" : "membership.activated";
  recordUncatalogued({ organizationId, type, resource: { type: "membership", id }, data: { userId } });
}

/** Makes the manual bindings exactly those of the keys, and `member` where the membership is manual. */
async function setManualRoles(
  tx: Prisma.TransactionClient,
  membership: Pick<Membership, "id" | "organizationId">,
  keys: readonly string[],
): Promise<void> {
  const { organizationId, id: membershipId } = membership;
  const roleIds = await roleIdsByKey(tx, organizationId, keys, (index) => `roles.${index}`);
  const [memberRoleId] = await roleIdsByKey(tx, organizationId, [MEMBER_ROLE], () => "roles");
  const wanted = [...new Set([...(memberRoleId === undefined ? [] : [memberRoleId]), ...roleIds])];
  await tx.roleBinding.deleteMany({
    where: { organizationId, membershipId, source: "manual", roleId: { notIn: wanted } },
  });
  await grant(tx, membership, wanted);
}

async function grant(
  tx: Prisma.TransactionClient,
  { id: membershipId, organizationId }: Pick<Membership, "id" | "organizationId">,
  roleIds: readonly string[],
): Promise<void> {
  await tx.roleBinding.createMany({
    data: roleIds.map((roleId) => ({ id: newId(), organizationId, membershipId, roleId, source: "manual" })),
    skipDuplicates: true,
  });
}
