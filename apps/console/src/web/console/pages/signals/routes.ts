import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { searchParams } from "../../../components/search-params.ts";
import { rootRoute } from "../../routes.ts";

export const signalsRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: "/signals",
    component: lazyRouteComponent(() => import("./signals-page.tsx"), "SignalsPage"),
    validateSearch: searchParams("cursor"),
    staticData: { permission: "applications.read" },
  }),
] as const;
