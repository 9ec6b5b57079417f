import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "../../routes.ts";

export const keysRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: "/keys",
    component: lazyRouteComponent(() => import("./keys-page.tsx"), "KeysPage"),
    staticData: { permission: "signing_keys.read" },
  }),
] as const;
