import { createRouter } from "@tanstack/react-router";
import { parseSearch, stringifySearch } from "../components/search-params.ts";
import { apiKeysRoutes } from "./pages/api-keys/routes.ts";
import { applicationsRoutes } from "./pages/applications/routes.ts";
import { auditRoutes } from "./pages/audit/routes.ts";
import { auditStreamsRoutes } from "./pages/audit-streams/routes.ts";
import { connectionsRoutes } from "./pages/connections/routes.ts";
import { directoriesRoutes } from "./pages/directories/routes.ts";
import { keysRoutes } from "./pages/keys/routes.ts";
import { membersRoutes } from "./pages/members/routes.ts";
import { organizationsRoutes } from "./pages/organizations/routes.ts";
import { overviewRoutes } from "./pages/overview/routes.ts";
import { queuesRoutes } from "./pages/queues/routes.ts";
import { rolesRoutes } from "./pages/roles/routes.ts";
import { sessionsRoutes } from "./pages/sessions/routes.ts";
import { settingsRoutes } from "./pages/settings/routes.ts";
import { signalsRoutes } from "./pages/signals/routes.ts";
import { webhooksRoutes } from "./pages/webhooks/routes.ts";
import { homeRoute, organizationRoute, rootRoute } from "./routes.ts";

const routeTree = rootRoute.addChildren([
  homeRoute,
  ...organizationsRoutes,
  ...applicationsRoutes,
  ...signalsRoutes,
  ...apiKeysRoutes,
  ...queuesRoutes,
  ...keysRoutes,
  ...webhooksRoutes.gateway,
  ...auditRoutes.gateway,
  ...auditStreamsRoutes.gateway,
  organizationRoute.addChildren([
    ...overviewRoutes,
    ...connectionsRoutes,
    ...directoriesRoutes,
    ...membersRoutes,
    ...rolesRoutes,
    ...sessionsRoutes,
    ...webhooksRoutes.organization,
    ...auditRoutes.organization,
    ...auditStreamsRoutes.organization,
    ...settingsRoutes,
  ]),
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
