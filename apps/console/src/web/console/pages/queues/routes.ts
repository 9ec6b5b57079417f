import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "../../routes.ts";

export const queuesRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: "/queues",
    component: lazyRouteComponent(() => import("./queues-page.tsx"), "QueuesPage"),
    staticData: { permission: "queues.read" },
  }),
] as const;
