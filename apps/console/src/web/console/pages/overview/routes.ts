import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { organizationRoute } from "../../routes.ts";

export const overviewRoutes = [
  createRoute({
    getParentRoute: () => organizationRoute,
    path: "/",
    component: lazyRouteComponent(() => import("./overview-page.tsx"), "OverviewPage"),
    staticData: { permission: "organization.read" },
  }),
] as const;
