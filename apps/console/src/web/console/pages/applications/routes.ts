import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { searchParams } from "../../../components/search-params.ts";
import { rootRoute } from "../../routes.ts";

export const applicationsRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: "/applications",
    component: lazyRouteComponent(() => import("./applications-page.tsx"), "ApplicationsPage"),
    validateSearch: searchParams("cursor", "panel"),
    staticData: { permission: "applications.read" },
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: "/applications/$applicationId",
    component: lazyRouteComponent(() => import("./application-page.tsx"), "ApplicationPage"),
    validateSearch: searchParams("snippet", "stream", "cursor"),
    staticData: { permission: "applications.read" },
  }),
] as const;
