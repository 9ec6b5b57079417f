import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { searchParams } from "../../../components/search-params.ts";
import { organizationRoute } from "../../routes.ts";

export const membersRoutes = [
  createRoute({
    getParentRoute: () => organizationRoute,
    path: "/members",
    component: lazyRouteComponent(() => import("./members-page.tsx"), "MembersPage"),
    validateSearch: searchParams("cursor", "panel", "email", "status"),
    staticData: { permission: "members.read" },
  }),
  createRoute({
    getParentRoute: () => organizationRoute,
    path: "/members/$memberId",
    component: lazyRouteComponent(() => import("./member-page.tsx"), "MemberPage"),
    staticData: { permission: "members.read" },
  }),
] as const;
