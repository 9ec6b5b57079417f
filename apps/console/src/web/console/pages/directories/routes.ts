import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { searchParams } from "../../../components/search-params.ts";
import { organizationRoute } from "../../routes.ts";

const listRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: "/directories",
  component: lazyRouteComponent(() => import("./directories-page.tsx"), "DirectoriesPage"),
  validateSearch: searchParams("cursor", "panel"),
  staticData: { permission: "directories.read" },
});

const conflictsRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: "/directories/conflicts",
  component: lazyRouteComponent(() => import("./conflicts-page.tsx"), "ConflictsPage"),
  validateSearch: searchParams("cursor", "status", "conflict"),
  staticData: { permission: "conflicts.read" },
});

const guardRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: "/directories/guard",
  component: lazyRouteComponent(() => import("./guard-page.tsx"), "OrganizationGuardPage"),
  staticData: { permission: "guards.read" },
});

const directoryRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: "/directories/$directoryId",
  component: lazyRouteComponent(() => import("./directory-layout.tsx"), "DirectoryLayout"),
  staticData: { permission: "directories.read" },
});

export const directoriesRoutes = [
  listRoute,
  conflictsRoute,
  guardRoute,
  directoryRoute.addChildren([
    createRoute({
      getParentRoute: () => directoryRoute,
      path: "/",
      component: lazyRouteComponent(() => import("./directory-page.tsx"), "DirectoryPage"),
    }),
    createRoute({
      getParentRoute: () => directoryRoute,
      path: "/adoption",
      component: lazyRouteComponent(() => import("./adoption-page.tsx"), "AdoptionPage"),
      validateSearch: searchParams("cursor", "state"),
      staticData: { permission: "members.read" },
    }),
    createRoute({
      getParentRoute: () => directoryRoute,
      path: "/users",
      component: lazyRouteComponent(() => import("./users-page.tsx"), "UsersPage"),
      validateSearch: searchParams("cursor", "search", "active", "user"),
    }),
    createRoute({
      getParentRoute: () => directoryRoute,
      path: "/guard",
      component: lazyRouteComponent(() => import("./guard-page.tsx"), "DirectoryGuardPage"),
      staticData: { permission: "guards.read" },
    }),
    createRoute({
      getParentRoute: () => directoryRoute,
      path: "/requests",
      component: lazyRouteComponent(() => import("./requests-page.tsx"), "RequestsPage"),
      validateSearch: searchParams("cursor", "request", "method", "status", "path", "requestId"),
      staticData: { permission: "scim_requests.read" },
    }),
    createRoute({
      getParentRoute: () => directoryRoute,
      path: "/groups",
      component: lazyRouteComponent(() => import("./groups-page.tsx"), "GroupsPage"),
      validateSearch: searchParams("cursor"),
    }),
  ]),
] as const;
