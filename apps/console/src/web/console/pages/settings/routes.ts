import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { searchParams } from "../../../components/search-params.ts";
import { organizationRoute } from "../../routes.ts";

const settingsRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: "/settings",
  component: lazyRouteComponent(() => import("./settings-layout.tsx"), "SettingsLayout"),
  staticData: { permission: "organization.read" },
});

export const settingsRoutes = [
  settingsRoute.addChildren([
    createRoute({
      getParentRoute: () => settingsRoute,
      path: "/",
      component: lazyRouteComponent(() => import("./general-page.tsx"), "GeneralPage"),
    }),
    createRoute({
      getParentRoute: () => settingsRoute,
      path: "/domains",
      component: lazyRouteComponent(() => import("./domains-page.tsx"), "DomainsPage"),
      validateSearch: searchParams("cursor", "domain", "panel"),
      staticData: { permission: "domains.read" },
    }),
    createRoute({
      getParentRoute: () => settingsRoute,
      path: "/sign-in",
      component: lazyRouteComponent(() => import("./sign-in-policy-page.tsx"), "SignInPolicyPage"),
    }),
    createRoute({
      getParentRoute: () => settingsRoute,
      path: "/retention",
      component: lazyRouteComponent(() => import("./retention-page.tsx"), "RetentionPage"),
      staticData: { permission: "retention.read" },
    }),
    createRoute({
      getParentRoute: () => settingsRoute,
      path: "/setup-links",
      component: lazyRouteComponent(() => import("./setup-links-page.tsx"), "SetupLinksPage"),
      validateSearch: searchParams("cursor", "panel"),
      staticData: { permission: "setup_links.read" },
    }),
  ]),
] as const;
