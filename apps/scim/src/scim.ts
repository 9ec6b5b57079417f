import type { Database } from "@sallyport/database";
import { comeBackLater, requestId } from "@sallyport/http";
import type { FailureLimit } from "@sallyport/limits";
import type { Logger } from "@sallyport/logging";
import { type ErrorRequestHandler, Router } from "express";
import { createAuthenticate } from "./admission/authenticate.ts";
import { type Actions, type Endpoint, failure, handle } from "./admission/handle.ts";
import { createLanes, type InLane, type Lanes } from "./admission/lanes.ts";
import { createRateLimiter, DEFAULT_RATE_LIMIT, type RateLimit } from "./admission/rate-limit.ts";
import { send } from "./http/send.ts";
import { createUnread } from "./http/unread.ts";
import { createRequestLog } from "./log/request-log.ts";
import { createTokenEndpoint } from "./oauth/token-endpoint.ts";
import { badRequest, ScimError } from "./protocol/error.ts";
import type { Services } from "./protocol/exchange.ts";
import { MAX_BODY_BYTES, MAX_BULK_BYTES, MAX_PLAIN_BODY_BYTES } from "./protocol/limits.ts";
import { parseListQuery, parseSearch } from "./protocol/list-query.ts";
import { bulk } from "./resources/bulk/bulk.ts";
import { resourceTypes, schemas, serviceProviderConfig } from "./resources/discovery/discovery.ts";
import * as groups from "./resources/groups/groups.ts";
import { list } from "./resources/list/list.ts";
import { searchAll } from "./resources/list/search-all.ts";
import { GROUPS, USERS } from "./resources/list/table.ts";
import * as users from "./resources/users/users.ts";
import { createRead } from "./storage/read.ts";
import { createWrite } from "./storage/write.ts";

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
  readonly lanes?: Lanes;
}

/** More than run together: those that wait have their bodies as values, which take several times the memory of a text. */
const WORK_LANES: Lanes = { perKey: 32, total: 64 };
/** Before they have their bodies: 10 MB each, whoever sends how many at once. */
const LARGE_LANES: Lanes = { perKey: 2, total: 4 };
/** What is made of 10 MB takes many times its memory. */
const HUGE_LANES: Lanes = { perKey: 1, total: 1 };
/**
 * Pushes to one group take turns at its row anyway. Where they wait matters: in the database each would hold a
 * connection, and one tenant's import of a large group would leave none for the others.
 */
const GROUP_LANES: Lanes = { perKey: 1, total: Number.POSITIVE_INFINITY };

/** The SCIM server's routes, and a way to wait for what it writes behind its answers. */
export interface Scim extends Router {
  /** Resolves once the request log holds every request answered so far: before the database closes. */
  flush(): Promise<void>;
}

/** The SCIM 2.0 server (RFC 7643, 7644, 9865). Mount it at /scim/v2. */
export function createScim(deps: ScimDeps): Scim {
  const inLane = createLanes(deps.lanes ?? lanesOver(deps.database));
  const inTurn = createLanes(GROUP_LANES);
  // A lane of its own: a push does not wait for a list that takes long.
  const together: InLane = (directoryId, work) => inLane(`${directoryId} together`, work);
  const services: Services = {
    ...deps,
    baseUrl: `${deps.publicUrl}/scim/v2`,
    read: createRead(deps.database.sql, together),
    write: createWrite(deps.database.sql, together, inTurn),
    inLane,
    inTurn,
  };
  const requestLog = createRequestLog(deps.database.sql, deps.log);
  const transport = {
    authenticate: createAuthenticate(deps.database.sql, deps.now),
    takeTokens:
      deps.rateLimit === "off"
        ? undefined
        : createRateLimiter(deps.rateLimit ?? DEFAULT_RATE_LIMIT, () => performance.now()),
    failures: deps.failures,
    requestLog,
    log: deps.log,
    now: deps.now,
    inWork: createLanes(WORK_LANES),
    inLargeLane: createLanes(LARGE_LANES),
    inHugeLane: createLanes(HUGE_LANES),
    rememberUnread: createUnread(),
  };

  const router = Router({ caseSensitive: true });
  const serve = (path: string, endpoint: Endpoint) =>
    router.all(`/:directoryId${path}`, (req, res) => handle(transport, endpoint, req, res));
  const resources = (path: string, actions: Actions, maxBody = MAX_PLAIN_BODY_BYTES) =>
    serve(path, { actions, provesItself: true, maxBody });
  const route = (path: string, actions: Actions, maxBody = MAX_PLAIN_BODY_BYTES) =>
    serve(path, { actions, provesItself: false, maxBody });

  router.all(
    "/:directoryId/oauth2/token",
    createTokenEndpoint({
      database: deps.database,
      log: deps.log,
      now: deps.now,
      limited: deps.rateLimit !== "off",
    }),
  );
  resources("/Users", {
    GET: (request) => list(services, request, USERS, parseListQuery(request.query)),
    POST: (request) => users.create(services, request),
  });
  resources("/Users/.search", {
    POST: (request) => list(services, request, USERS, parseSearch(request.body)),
  });
  resources("/Users/:id", {
    GET: (request, id) => users.get(services, request, id),
    PUT: (request, id) => users.replace(services, request, id),
    PATCH: (request, id) => users.patch(services, request, id),
    DELETE: (request, id) => users.remove(services, request, id),
  });
  const groupActions: Actions = {
    GET: (request) => list(services, request, GROUPS, parseListQuery(request.query)),
    POST: (request) => groups.create(services, request),
  };
  resources("/Groups", groupActions, MAX_BODY_BYTES);
  resources("/Groups/.search", {
    POST: (request) => list(services, request, GROUPS, parseSearch(request.body)),
  });
  const groupActionsById: Actions = {
    GET: (request, id) => groups.get(services, request, id),
    PUT: (request, id) => groups.replace(services, request, id),
    PATCH: (request, id) => groups.patch(services, request, id),
    DELETE: (request, id) => groups.remove(services, request, id),
  };
  resources("/Groups/:id", groupActionsById, MAX_BODY_BYTES);
  route("/.search", { POST: (request) => searchAll(services, request, parseSearch(request.body)) });
  const bulkActions: Actions = {
    POST: (request) =>
      bulk(
        services,
        request,
        (error) => failure(error, request.requestId, deps.log),
        (operations) => transport.takeTokens?.(request.directory, operations - 1),
      ),
  };
  route("/Bulk", bulkActions, MAX_BULK_BYTES);
  route("/ServiceProviderConfig", { GET: (request) => serviceProviderConfig(services, request) });
  route("/ResourceTypes", { GET: (request) => resourceTypes(services, request) });
  route("/ResourceTypes/:id", { GET: (request, id) => resourceTypes(services, request, id) });
  route("/Schemas", { GET: (request) => schemas(services, request) });
  route("/Schemas/:id", { GET: (request, id) => schemas(services, request, id) });
  const notImplemented = () => {
    throw new ScimError(501, "/Me is not supported: a directory's token stands for no user.");
  };
  route("/Me", {
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
      comeBackLater(res);
    }
    send(req, res, response);
  };
  router.use(onError);
  return Object.assign(router, { flush: () => requestLog.flush() });
}

// More of a directory would not be done sooner, and would only make everybody else wait.
function lanesOver({ pool }: Database): Lanes {
  return { perKey: 1, total: Math.max(1, Math.floor(pool.options.max / 2)) };
}
