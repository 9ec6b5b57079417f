import { createRootRoute, createRoute } from "@tanstack/react-router";
import type { Permission } from "./session.ts";
import { ConsolePage } from "./shell/console-page.tsx";
import { ErrorPage, NotFoundPage } from "./shell/error-pages.tsx";
import { HomePage } from "./shell/home-page.tsx";
import { OrganizationPage } from "./shell/organization-page.tsx";

declare module "@tanstack/react-router" {
  interface StaticDataRouteOption {
    /** Without this permission of the management API the page is not for the person, which the shell says. */
    readonly permission?: Permission;
  }
}

export const rootRoute = createRootRoute({
  component: ConsolePage,
  notFoundComponent: NotFoundPage,
  errorComponent: ErrorPage,
});

export const homeRoute = createRoute({ getParentRoute: () => rootRoute, path: "/", component: HomePage });

/** The pages of one organization, which `useOrganization()` tells. */
export const organizationRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/organizations/$org",
  component: OrganizationPage,
});
