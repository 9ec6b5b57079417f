import { linkOptions, useParams } from "@tanstack/react-router";
import { use } from "react";
import { OrganizationContext } from "../../organization.ts";
import { useMay } from "../../session.ts";

/** Whose endpoints these pages show: an organization's, by its slug, or (null) those that are told of all of them. */
export function useOwner() {
  const org = use(OrganizationContext)?.slug ?? null;
  const mayWrite = useMay(org === null ? "gateway_webhooks.write" : "webhooks.write");
  return { org, mayWrite };
}

/** The endpoint that the address names. */
export function useEndpointId(): string {
  return useParams({ strict: false }).webhookEndpointId ?? "";
}

export const listLink = (org: string | null) =>
  org === null
    ? linkOptions({ to: "/webhooks" })
    : linkOptions({ to: "/organizations/$org/webhooks", params: { org } });

export const endpointLink = (org: string | null, webhookEndpointId: string) =>
  org === null
    ? linkOptions({ to: "/webhooks/$webhookEndpointId", params: { webhookEndpointId } })
    : linkOptions({
        to: "/organizations/$org/webhooks/$webhookEndpointId",
        params: { org, webhookEndpointId },
      });

export const settingsLink = (org: string | null, webhookEndpointId: string) =>
  org === null
    ? linkOptions({ to: "/webhooks/$webhookEndpointId/settings", params: { webhookEndpointId } })
    : linkOptions({
        to: "/organizations/$org/webhooks/$webhookEndpointId/settings",
        params: { org, webhookEndpointId },
      });
