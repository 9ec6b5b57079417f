import { type ConsoleRole, giveConsoleRole, isRoleOf, takeConsoleRole } from "@sallyport/console-access";
import type { Organization } from "@sallyport/database";
import type { EventDraft } from "@sallyport/events";
import { requirePermission } from "../../access/caller.ts";
import { ROLES } from "../../access/roles.ts";
import { change } from "../../change.ts";
import type { Context } from "../../context.ts";
import { problem } from "../../errors.ts";
import { getMember } from "./read.ts";

/** Throws `member_not_found`. */
export async function getConsoleRole({ deps }: Context, organization: Organization, membershipId: string) {
  const { consoleRole } = await getMember(deps.database.sql, organization.id, membershipId);
  return { role: consoleRole };
}

/** Throws `member_not_found`, `console_role_unavailable`, and `permission_missing` where the caller may do less than the role. */
export async function setConsoleRole(
  context: Context,
  organization: Organization,
  membershipId: string,
  role: ConsoleRole,
) {
  requireAllOf(context, role);
  if (!isRoleOf(role, organization)) {
    throw problem("console_role_unavailable", { field: "role" });
  }
  await change(context, async ({ sql, now, record }) => {
    const member = { organizationId: organization.id, membershipId };
    found(await giveConsoleRole(sql, member, role, now)).forEach(record);
  });
  return { role };
}

/** Throws as `setConsoleRole` does. */
export async function removeConsoleRole(context: Context, organization: Organization, membershipId: string) {
  const { role } = await getConsoleRole(context, organization, membershipId);
  if (role !== null) {
    requireAllOf(context, role);
  }
  await change(context, async ({ sql, record }) => {
    found(await takeConsoleRole(sql, { organizationId: organization.id, membershipId })).forEach(record);
  });
}

/** Nobody gives, or takes, more than they may do themselves. */
function requireAllOf({ caller }: Context, role: ConsoleRole): void {
  for (const permission of ROLES[role]) {
    requirePermission(caller, permission, "role");
  }
}

function found(events: readonly EventDraft[] | null): readonly EventDraft[] {
  if (events === null) {
    throw problem("member_not_found");
  }
  return events;
}
