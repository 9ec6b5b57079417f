import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { searchParams } from "../../../components/search-params.ts";
import { rootRoute } from "../../routes.ts";

export const apiKeysRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: "/api-keys",
    component: lazyRouteComponent(() => import("./api-keys-page.tsx"), "ApiKeysPage"),
    validateSearch: searchParams("cursor", "panel"),
    staticData: { permission: "api_keys.read" },
  }),
] as const;
