import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { searchParams } from "../../../components/search-params.ts";
import { organizationRoute } from "../../routes.ts";

const rolesRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: "/roles",
  component: lazyRouteComponent(() => import("./roles-layout.tsx"), "RolesLayout"),
  staticData: { permission: "roles.read" },
});

export const rolesRoutes = [
  rolesRoute.addChildren([
    createRoute({
      getParentRoute: () => rolesRoute,
      path: "/",
      component: lazyRouteComponent(() => import("./roles-page.tsx"), "RolesPage"),
      validateSearch: searchParams("cursor", "role", "panel"),
    }),
    createRoute({
      getParentRoute: () => rolesRoute,
      path: "/mappings",
      component: lazyRouteComponent(() => import("./mappings-page.tsx"), "MappingsPage"),
      staticData: { permission: "group_mappings.read" },
    }),
    createRoute({
      getParentRoute: () => rolesRoute,
      path: "/policy",
      component: lazyRouteComponent(() => import("./policy-page.tsx"), "PolicyPage"),
      staticData: { permission: "access_policy.read" },
    }),
    createRoute({
      getParentRoute: () => rolesRoute,
      path: "/held-changes",
      component: lazyRouteComponent(() => import("./held-changes-page.tsx"), "HeldChangesPage"),
      validateSearch: searchParams("cursor", "held", "status"),
      staticData: { permission: "held_changes.read" },
    }),
  ]),
] as const;
