import type { EventDraft } from "@sallyport/events";
import type { Source } from "./membership.ts";

export interface BindingFacts {
  readonly id: string;
  readonly membershipId: string;
  readonly userId: string;
  readonly roleId: string;
  /** The role's key. */
  readonly role: string;
  readonly source: Source;
  /** The asserted group that gave it, lower case; empty for every other reason. */
  readonly groupKey: string;
}

/** That a member has a role, or has it no longer, for one reason. */
export function bindingEvent(
  type: "role_binding.created" | "role_binding.deleted",
  organizationId: string,
  { id, membershipId, userId, roleId, role, source, groupKey }: BindingFacts,
): EventDraft {
  const resource = { type: "roleBinding", id } as const;
  const binding = {
    membershipId,
    userId,
    roleId,
    role,
    source,
    ...(groupKey === "" ? {} : { group: groupKey }),
  };
  return type === "role_binding.created"
    ? { organizationId, type, resource, after: binding }
    : { organizationId, type, resource, before: binding };
}
