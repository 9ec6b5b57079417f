import { assignRequestId, handleProblems, logRequests, notFound } from "@sallyport/http";
import type { Logger } from "@sallyport/logging";
import express, { type Express, type Router } from "express";
import type { Metrics } from "./metrics.ts";
import { securityHeaders } from "./security-headers.ts";
import type { Mount } from "./services.ts";

export interface AppDeps {
  readonly log: Logger;
  readonly publicUrl: string;
  readonly trustProxy: boolean | number | string[];
  readonly health: Router;
  readonly metrics: Metrics;
  readonly services: readonly Mount[];
}

/** All of the HTTP surface: what every request passes, then one router a service. */
export function createApp(deps: AppDeps): Express {
  const app = express();
  app.set("trust proxy", deps.trustProxy);
  app.set("query parser", "simple");
  app.disable("x-powered-by");
  app.disable("etag"); // hashes every answer; SCIM sets its own versions

  app.use(assignRequestId());
  app.use(deps.health); // probes neither logged nor measured
  app.use(logRequests(deps.log), deps.metrics.observe, securityHeaders(deps.publicUrl));
  app.use(deps.metrics.router);
  for (const { path, router } of deps.services) {
    app.use(path, router);
  }
  app.use(notFound());
  app.use(handleProblems(deps.log));
  return app;
}
