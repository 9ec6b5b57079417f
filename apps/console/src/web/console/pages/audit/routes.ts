import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { searchParams } from "../../../components/search-params.ts";
import { organizationRoute, rootRoute } from "../../routes.ts";

const validateSearch = searchParams(
  "cursor",
  "event",
  "trail",
  "type",
  "actor",
  "actorId",
  "resource",
  "outcome",
  "requestId",
  "since",
  "until",
);

/** The trail of an organization, and that of what belongs to none. */
export const auditRoutes = {
  organization: [
    createRoute({
      getParentRoute: () => organizationRoute,
      path: "/audit",
      component: lazyRouteComponent(() => import("./organization-audit-page.tsx"), "OrganizationAuditPage"),
      validateSearch,
      staticData: { permission: "audit_events.read" },
    }),
  ],
  gateway: [
    createRoute({
      getParentRoute: () => rootRoute,
      path: "/audit",
      component: lazyRouteComponent(() => import("./gateway-audit-page.tsx"), "GatewayAuditPage"),
      validateSearch,
      staticData: { permission: "gateway_audit_events.read" },
    }),
  ],
} as const;
