import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { searchParams } from "../../../components/search-params.ts";
import { rootRoute } from "../../routes.ts";

export const organizationsRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: "/organizations",
    component: lazyRouteComponent(() => import("./organizations-page.tsx"), "OrganizationsPage"),
    validateSearch: searchParams("cursor", "panel", "search"),
    staticData: { permission: "organizations.create" },
  }),
] as const;
