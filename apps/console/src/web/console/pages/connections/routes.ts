import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { searchParams } from "../../../components/search-params.ts";
import { organizationRoute } from "../../routes.ts";

const connectionRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: "/connections/$connectionId",
  component: lazyRouteComponent(() => import("./connection-layout.tsx"), "ConnectionLayout"),
  staticData: { permission: "connections.read" },
});

export const connectionsRoutes = [
  createRoute({
    getParentRoute: () => organizationRoute,
    path: "/connections",
    component: lazyRouteComponent(() => import("./connections-page.tsx"), "ConnectionsPage"),
    validateSearch: searchParams("cursor"),
    staticData: { permission: "connections.read" },
  }),
  connectionRoute.addChildren([
    createRoute({
      getParentRoute: () => connectionRoute,
      path: "/",
      component: lazyRouteComponent(() => import("./connection-settings-page.tsx"), "ConnectionSettingsPage"),
    }),
    createRoute({
      getParentRoute: () => connectionRoute,
      path: "/change",
      component: lazyRouteComponent(() => import("./connection-change-page.tsx"), "ConnectionChangePage"),
      staticData: { permission: "connections.write" },
    }),
    createRoute({
      getParentRoute: () => connectionRoute,
      path: "/logins",
      component: lazyRouteComponent(() => import("./login-records-page.tsx"), "LoginRecordsPage"),
      validateSearch: searchParams("cursor", "outcome", "errorCode", "requestId"),
      staticData: { permission: "login_records.read" },
    }),
    createRoute({
      getParentRoute: () => connectionRoute,
      path: "/logins/$recordId",
      component: lazyRouteComponent(() => import("./login-record-page.tsx"), "LoginRecordPage"),
      staticData: { permission: "login_records.read" },
    }),
    createRoute({
      getParentRoute: () => connectionRoute,
      path: "/keys",
      component: lazyRouteComponent(() => import("./connection-keys-page.tsx"), "ConnectionKeysPage"),
      validateSearch: searchParams("cursor"),
    }),
    createRoute({
      getParentRoute: () => connectionRoute,
      path: "/metadata",
      component: lazyRouteComponent(() => import("./metadata-page.tsx"), "MetadataPage"),
    }),
  ]),
] as const;
