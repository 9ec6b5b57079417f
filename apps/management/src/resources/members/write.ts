import {
  addMember as addPerson,
  type ByHand,
  lockOrganization,
  lockPeople,
  RefusedByHand,
  type RoleRef,
  removeMember as removePerson,
  updateMember as updatePerson,
} from "@sallyport/people";
import { MEMBER_ROLE } from "@sallyport/roles";
import { type Change, change } from "../../change.ts";
import type { Context } from "../../context.ts";
import { problem } from "../../errors.ts";
import { rolesByKey } from "../roles/store.ts";
import { getMember } from "./read.ts";
import type { MemberPatch, MemberView, NewMember } from "./schema.ts";

/**
 * Adds a member by hand. A person who was a member before keeps their user, and so the `sub` that applications know.
 * Throws `member_exists`, `role_unknown`.
 */
export function addMember(context: Context, organizationId: string, input: NewMember): Promise<MemberView> {
  return byHand(context, organizationId, async (within) => {
    const { email, name } = input;
    const roles = await rolesOf(within, organizationId, input.roles);
    const memberRole = await roleOfEveryMember(within, organizationId);
    return addPerson(within.sql, organizationId, { email, name, roles, memberRole }, within.now);
  });
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
  return byHand(context, organizationId, async (within) => {
    const { status, takeOver } = patch;
    const roles = patch.roles === undefined ? undefined : await rolesOf(within, organizationId, patch.roles);
    const memberRole = await roleOfEveryMember(within, organizationId);
    return updatePerson(within.sql, organizationId, id, { status, roles, memberRole, takeOver }, within.now);
  });
}

/**
 * Ends a membership and the person's sessions; the user stays, so that they keep their `sub` if they come back.
 * Throws `membership_managed_by_directory`.
 */
export async function removeMember(context: Context, organizationId: string, id: string): Promise<void> {
  await change(context, async (within) => {
    await tell(
      within,
      organizationId,
      await act(() => removePerson(within.sql, organizationId, id, within.now)),
    );
  });
}

function byHand(
  context: Context,
  organizationId: string,
  work: (within: Change) => Promise<ByHand>,
): Promise<MemberView> {
  return change(context, async (within) => {
    await lockPeople(within.sql, organizationId);
    await lockOrganization(within.sql, organizationId);
    const done = await act(() => work(within));
    await tell(within, organizationId, done);
    return getMember(within.sql, organizationId, done.membershipId);
  });
}

/** Runs an act on people; what it refuses becomes the API's own refusal. */
async function act(work: () => Promise<ByHand>): Promise<ByHand> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof RefusedByHand)) {
      throw error;
    }
    throw problem(error.reason, {
      cause: error,
      ...(error.reason === "member_exists" ? { field: "email" } : {}),
    });
  }
}

async function tell(
  { record, endSessions, reconcile }: Change,
  organizationId: string,
  done: ByHand,
): Promise<void> {
  for (const event of done.events) {
    record(event);
  }
  if (done.ended !== null) {
    await endSessions(organizationId, { userIds: done.ended.userIds }, done.ended.reason);
    // Somebody may wait for the seat.
    reconcile(organizationId);
  }
}

function rolesOf({ tx }: Change, organizationId: string, keys: readonly string[]): Promise<RoleRef[]> {
  return rolesByKey(tx, organizationId, keys, (index) => `roles.${index}`);
}

async function roleOfEveryMember({ tx }: Change, organizationId: string): Promise<RoleRef> {
  const [role] = await rolesByKey(tx, organizationId, [MEMBER_ROLE], () => "roles");
  if (role === undefined) {
    throw problem("role_unknown", { field: "roles" });
  }
  return role;
}
