import { createRouter } from "@tanstack/react-router";
import { parseSearch, stringifySearch } from "../components/search-params.ts";
import { organizationsRoutes } from "./pages/organizations/routes.ts";
import { overviewRoutes } from "./pages/overview/routes.ts";
import { settingsRoutes } from "./pages/settings/routes.ts";
import { homeRoute, organizationRoute, rootRoute } from "./routes.ts";

const routeTree = rootRoute.addChildren([
  homeRoute,
  ...organizationsRoutes,
  organizationRoute.addChildren([...overviewRoutes, ...settingsRoutes]),
]);

export const router = createRouter({
  routeTree,
  basepath: "/console",
  parseSearch,
  stringifySearch,
  defaultPreload: "intent",
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
