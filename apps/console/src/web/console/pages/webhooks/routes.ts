import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { searchParams } from "../../../components/search-params.ts";
import { organizationRoute, rootRoute } from "../../routes.ts";

const list = {
  path: "/webhooks",
  component: lazyRouteComponent(() => import("./webhooks-page.tsx"), "WebhooksPage"),
  validateSearch: searchParams("cursor", "panel"),
} as const;
const endpoint = {
  path: "/webhooks/$webhookEndpointId",
  component: lazyRouteComponent(() => import("./webhook-layout.tsx"), "WebhookLayout"),
} as const;
const deliveries = {
  path: "/",
  component: lazyRouteComponent(() => import("./deliveries-page.tsx"), "DeliveriesPage"),
  validateSearch: searchParams("cursor", "panel", "delivery", "status", "type", "since", "until"),
} as const;
const settings = {
  path: "/settings",
  component: lazyRouteComponent(() => import("./webhook-settings-page.tsx"), "WebhookSettingsPage"),
} as const;

const ofOrganization = createRoute({
  getParentRoute: () => organizationRoute,
  ...endpoint,
  staticData: { permission: "webhooks.read" },
});

const ofGateway = createRoute({
  getParentRoute: () => rootRoute,
  ...endpoint,
  staticData: { permission: "gateway_webhooks.read" },
});

/** An organization's endpoints, and those that are told of all organizations: the same pages. */
export const webhooksRoutes = {
  organization: [
    createRoute({
      getParentRoute: () => organizationRoute,
      ...list,
      staticData: { permission: "webhooks.read" },
    }),
    ofOrganization.addChildren([
      createRoute({ getParentRoute: () => ofOrganization, ...deliveries }),
      createRoute({ getParentRoute: () => ofOrganization, ...settings }),
    ]),
  ],
  gateway: [
    createRoute({
      getParentRoute: () => rootRoute,
      ...list,
      staticData: { permission: "gateway_webhooks.read" },
    }),
    ofGateway.addChildren([
      createRoute({ getParentRoute: () => ofGateway, ...deliveries }),
      createRoute({ getParentRoute: () => ofGateway, ...settings }),
    ]),
  ],
} as const;
