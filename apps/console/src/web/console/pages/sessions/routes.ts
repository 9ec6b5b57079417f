import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { searchParams } from "../../../components/search-params.ts";
import { organizationRoute } from "../../routes.ts";

export const sessionsRoutes = [
  createRoute({
    getParentRoute: () => organizationRoute,
    path: "/sessions",
    component: lazyRouteComponent(() => import("./sessions-page.tsx"), "SessionsPage"),
    validateSearch: searchParams("cursor", "session", "live", "userId"),
    staticData: { permission: "sessions.read" },
  }),
] as const;
