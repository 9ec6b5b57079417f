import type { WebhookEndpoint } from "@sallyport/database";
import { may, mayChangeOperators, requirePermission } from "../../access/caller.ts";
import { type Context, reachOrganization } from "../../context.ts";
import { problem } from "../../errors.ts";

/** What one wants with an endpoint. */
export type Access = "read" | "write";

/**
 * An endpoint that the caller reaches: its own organization's; one of the gateway takes a permission more. Unknown and out
 * of reach answer alike: 404.
 */
export async function reachEndpoint(context: Context, id: string, access: Access): Promise<WebhookEndpoint> {
  const { caller, deps } = context;
  const found = await deps.database.prisma.webhookEndpoint.findFirst({
    where: { id, ...(caller.organizationId === null ? {} : { organizationId: caller.organizationId }) },
    include: { organization: { select: { forOperators: true } } },
  });
  if (found === null) {
    throw problem("webhook_endpoint_not_found");
  }
  const { organization, ...endpoint } = found;
  if (organization === null) {
    requirePermission(caller, `gateway_webhooks.${access}`);
  } else {
    requireOperators(context, organization, access);
  }
  return endpoint;
}

/**
 * Whose endpoints are meant: an organization's id, or null: the gateway's.
 * @param named a slug or id; null for the gateway; undefined: the caller's own
 */
export async function reachOwner(
  context: Context,
  named: string | null | undefined,
  access: Access,
): Promise<string | null> {
  const { caller } = context;
  const slugOrId = named === undefined ? caller.organizationId : named;
  if (slugOrId !== null) {
    const organization = await reachOrganization(context, slugOrId);
    requireOperators(context, organization, access);
    return organization.id;
  }
  if (caller.organizationId !== null) {
    throw problem("key_scope_insufficient", { field: "organization" });
  }
  requirePermission(caller, `gateway_webhooks.${access}`, "organization");
  return null;
}

/** Of which endpoints a list may be made, where none are named. */
export function reachable({ caller }: Context) {
  if (caller.organizationId !== null) {
    return { organizationId: caller.organizationId };
  }
  return may(caller, "gateway_webhooks.read") ? {} : { organizationId: { not: null } };
}

// What is told of the operators' organization says who the operators are.
function requireOperators(
  { caller }: Context,
  { forOperators }: { readonly forOperators: boolean },
  access: Access,
): void {
  if (forOperators && access === "write" && !mayChangeOperators(caller)) {
    throw problem("operator_required");
  }
}
