import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { searchParams } from "../../../components/search-params.ts";
import { organizationRoute, rootRoute } from "../../routes.ts";

const page = {
  path: "/audit-streams",
  component: lazyRouteComponent(() => import("./audit-streams-page.tsx"), "AuditStreamsPage"),
  validateSearch: searchParams("cursor", "panel", "stream"),
} as const;

/** An organization's streams, and those of all organizations' events: the same page. */
export const auditStreamsRoutes = {
  organization: [
    createRoute({
      getParentRoute: () => organizationRoute,
      ...page,
      staticData: { permission: "audit_streams.read" },
    }),
  ],
  gateway: [
    createRoute({
      getParentRoute: () => rootRoute,
      ...page,
      staticData: { permission: "gateway_audit_streams.read" },
    }),
  ],
} as const;
