import type { Database } from "@sallyport/database";
import { requestId, setRetryAfter } from "@sallyport/http";
import type { FailureLimit } from "@sallyport/limits";
import type { Logger } from "@sallyport/logging";
import { type ErrorRequestHandler, Router } from "express";
import { createAuthenticate } from "./admission/authenticate.ts";
import { type Actions, type Admission, type Endpoint, handle } from "./admission/handle.ts";
import { createLanes, type LaneLimits } from "./admission/lanes.ts";
import { createRateLimiter, DEFAULT_RATE_LIMIT, type RateLimit } from "./admission/rate-limit.ts";
import { createRequestLanes } from "./admission/request-lanes.ts";
import { type StatementLanes, withThroughput } from "./admission/throughput.ts";
import { failure } from "./http/failure.ts";
import { send } from "./http/send.ts";
import { createUnread } from "./http/unread.ts";
import { createRequestLog } from "./log/request-log.ts";
import { createTokenEndpoint } from "./oauth/token-endpoint.ts";
import { badRequest, ScimError } from "./protocol/error.ts";
import { MAX_BODY_BYTES, MAX_BULK_BYTES, MAX_PLAIN_BODY_BYTES } from "./protocol/limits.ts";
import { bulk } from "./resources/bulk/bulk.ts";
import {
  resourceTypeByName,
  resourceTypes,
  schemaById,
  schemas,
  serviceProviderConfig,
} from "./resources/discovery/discovery.ts";
import * as groups from "./resources/groups/groups.ts";
import { searchAll } from "./resources/list/search-all.ts";
import type { Action } from "./resources/services.ts";
import * as users from "./resources/users/users.ts";
import { createDryRun } from "./storage/dry-run.ts";
import { createStatements } from "./storage/postgres.ts";

export interface ScimDeps {
  readonly database: Database;
  readonly log: Logger;
  /** `https://host`: the SCIM server stands at /scim/v2 below it. */
  readonly publicUrl: string;
  readonly now: () => Date;
  /** Called behind each committed change. Never throws, never blocks. */
  requestReconcile(organizationId: string): void;
  /** Default 100 requests a second and 500 at once, per directory; "off" for none. */
  readonly rateLimit?: RateLimit | "off";
  /** Requests with a token that opens nothing. Default: no limit. */
  readonly failures?: FailureLimit;
  /**
   * How much is done at once. Default, of a directory one statement for many requests and one other piece of work, and in
   * all half of the pool's connections.
   */
  readonly lanes?: LaneLimits;
}

/**
 * Pushes to one group take turns at its row anyway. Where they wait matters: in the database each would hold a
 * connection, and one tenant's import of a large group would leave none for the others.
 */
const TURNS: LaneLimits = { perKey: 1, total: Number.POSITIVE_INFINITY };

/** The SCIM server's routes, and a way to wait for what it writes behind its answers. */
export interface Scim extends Router {
  /** Resolves once the request log holds every request answered so far: before the database closes. */
  flush(): Promise<void>;
}

/** The SCIM 2.0 server (RFC 7643, 7644, 9865). Mount it at /scim/v2. */
export function createScim(deps: ScimDeps): Scim {
  const requestLog = createRequestLog(deps.database.sql, deps.log);
  const admission: Admission = {
    services: {
      statements: withThroughput(createStatements(deps.database), statementLanes(deps)),
      baseUrl: `${deps.publicUrl}/scim/v2`,
      requestReconcile: deps.requestReconcile,
    },
    authenticate: createAuthenticate(deps.database.sql, deps.now),
    takeTokens:
      deps.rateLimit === "off"
        ? undefined
        : createRateLimiter(deps.rateLimit ?? DEFAULT_RATE_LIMIT, () => performance.now()),
    failures: deps.failures,
    requestLog,
    log: deps.log,
    now: deps.now,
    lanes: createRequestLanes(dryRunLimits(deps.database)),
    dryRun: createDryRun(deps.database),
    rememberUnread: createUnread(),
  };

  const router = Router({ caseSensitive: false });
  // Base URLs are typed with a slash at their end, and clients put another before `Users`.
  router.use((req, _res, next) => {
    if (req.url.includes("//")) {
      req.url = req.url.replace(/^[^?]+/, (path) => path.replace(/\/{2,}/g, "/"));
    }
    next();
  });
  const serve = (path: string, endpoint: Endpoint) =>
    router.all(`/:directoryId${path}`, (req, res) => handle(admission, endpoint, req, res));
  const resource = (path: string, actions: Actions, maxBody = MAX_PLAIN_BODY_BYTES) =>
    serve(path, { actions, checksLive: true, maxBody, writes: true });
  const search = (path: string, action: Action, checksLive: boolean) =>
    serve(path, { actions: { POST: action }, checksLive, maxBody: MAX_PLAIN_BODY_BYTES });
  const discovery = (path: string, action: Action) =>
    serve(path, { actions: { GET: action }, checksLive: false, maxBody: 0, isPublic: true });
  const service = (path: string, actions: Actions, maxBody = MAX_PLAIN_BODY_BYTES) =>
    serve(path, { actions, checksLive: false, maxBody, writes: true });

  router.all(
    "/:directoryId/oauth2/token",
    createTokenEndpoint({
      database: deps.database,
      log: deps.log,
      now: deps.now,
      limited: deps.rateLimit !== "off",
    }),
  );
  resource("/Users", { GET: users.list, POST: users.create });
  search("/Users/.search", users.search, true);
  resource("/Users/:id", {
    GET: users.get,
    PUT: users.replace,
    PATCH: users.patch,
    DELETE: users.remove,
  });
  resource("/Groups", { GET: groups.list, POST: groups.create }, MAX_BODY_BYTES);
  search("/Groups/.search", groups.search, true);
  const group = { GET: groups.get, PUT: groups.replace, PATCH: groups.patch, DELETE: groups.remove };
  resource("/Groups/:id", group, MAX_BODY_BYTES);
  search("/.search", searchAll, false);
  const runBulk: Action = (services, request) =>
    bulk(
      services,
      request,
      (error) => failure(error, request.requestId, deps.log),
      (operations) => admission.takeTokens?.(request.directory, operations - 1),
    );
  service("/Bulk", { POST: runBulk }, MAX_BULK_BYTES);
  discovery("/ServiceProviderConfig", serviceProviderConfig);
  discovery("/ResourceTypes", resourceTypes);
  discovery("/ResourceTypes/:id", resourceTypeByName);
  discovery("/Schemas", schemas);
  discovery("/Schemas/:id", schemaById);
  const notImplemented = () => {
    throw new ScimError(501, "/Me is not supported: a directory's token does not represent a user.");
  };
  service("/Me", {
    GET: notImplemented,
    POST: notImplemented,
    PUT: notImplemented,
    PATCH: notImplemented,
    DELETE: notImplemented,
  });

  router.use((_req, res) => {
    send(_req, res, failure(new ScimError(404, "There is no SCIM endpoint at this path."), "", deps.log));
  });
  // What Express itself refuses: a path with a broken escape.
  const onError: ErrorRequestHandler = (error, req, res, next) => {
    if (res.headersSent) {
      return next(error);
    }
    const cause =
      error instanceof URIError ? badRequest("invalidPath", "The path has a malformed escape.") : error;
    const response = failure(cause, requestId(req), deps.log);
    if (response.unavailable === true) {
      setRetryAfter(res);
    }
    send(req, res, response);
  };
  router.use(onError);
  return Object.assign(router, { flush: () => requestLog.flush() });
}

function statementLanes({ lanes, database }: ScimDeps): StatementLanes {
  const running = createLanes(lanes ?? lanesOver(database));
  return {
    // By a key of its own: two of a directory run at once.
    shared: {
      enter: (directoryId) => running.enter(`${directoryId} shared`),
      run: (directoryId, work) => running.run(`${directoryId} shared`, work),
    },
    single: running,
    turns: createLanes(TURNS),
  };
}

/** Beside the lanes of statements: a dry run holds one connection until its end, and those of all tenants few. */
function dryRunLimits({ pool }: Database): LaneLimits {
  return { perKey: 1, total: Math.max(1, Math.floor(pool.options.max / 5)) };
}

// More of a directory would not be done sooner, and would only make everybody else wait.
function lanesOver({ pool }: Database): LaneLimits {
  return { perKey: 1, total: Math.max(1, Math.floor(pool.options.max / 2)) };
}
