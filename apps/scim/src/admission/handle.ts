import { requestId, setRetryAfter } from "@sallyport/http";
import { type FailureLimit, networksOf } from "@sallyport/limits";
import type { Logger } from "@sallyport/logging";
import { isUnavailable } from "@sallyport/outage";
import type { Request, Response } from "express";
import type { Directory } from "../directory/directory.ts";
import { failure } from "../http/failure.ts";
import { countUnread, send } from "../http/send.ts";
import type { Remember } from "../http/unread.ts";
import type { RequestLog } from "../log/request-log.ts";
import { ScimError } from "../protocol/error.ts";
import type { ScimRequest, ScimResponse } from "../protocol/exchange.ts";
import { DRY_RUN, prefersDryRun } from "../protocol/prefer.ts";
import { parseQuery } from "../protocol/query.ts";
import type { Action, Services } from "../resources/services.ts";
import type { DryRun } from "../storage/dry-run.ts";
import type { Authenticate, Authenticated } from "./authenticate.ts";
import { ObservedStatements } from "./observed-statements.ts";
import type { RateLimit, TakeTokens } from "./rate-limit.ts";
import { EnteredLanes, type RequestLanes } from "./request-lanes.ts";

export type Actions = Partial<Record<"GET" | "POST" | "PUT" | "PATCH" | "DELETE", Action>>;

export interface Endpoint {
  readonly actions: Actions;
  /**
   * Whether its statements check by themselves that the directory and the token are live, and write the request log with
   * what they change: then a request is authenticated from the cache, and from the database only in doubt.
   */
  readonly checksLive: boolean;
  /** Most bytes of a body. */
  readonly maxBody: number;
  /** Whether it changes anything by a method other than GET, so that it can be asked for a dry run. */
  readonly writes?: boolean;
  /** Whether it is read without a token too, of a directory that allows it. */
  readonly isPublic?: boolean;
}

export interface Admission {
  readonly services: Services;
  readonly authenticate: Authenticate;
  readonly takeTokens: TakeTokens | undefined;
  readonly failures: FailureLimit | undefined;
  readonly requestLog: RequestLog;
  readonly log: Logger;
  readonly now: () => Date;
  readonly lanes: RequestLanes;
  readonly rememberUnread: Remember;
  readonly dryRun: DryRun;
}

/** Runs one HTTP request: authenticates it, limits it, reads it, answers it, and logs it. */
export async function handle(
  admission: Admission,
  endpoint: Endpoint,
  req: Request,
  res: Response,
): Promise<void> {
  const outcome = await admit(admission, endpoint, receive(admission, req));
  const { request, logged } = outcome;
  const response = limitFailures(admission, req, applied(outcome));
  if (response.unavailable === true) {
    setRetryAfter(res);
  }
  send(req, res, response);
  if (request === undefined) {
    return;
  }
  countUnread(res, request.directory.id, admission.rememberUnread);
  if (!logged) {
    admission.requestLog.add(request, response);
  }
}

/** What is known of a request before its token is looked up. */
interface ReceivedRequest {
  readonly req: Request;
  readonly requestId: string;
  readonly directoryId: string;
  readonly receivedAt: Date;
  /** `performance.now()` */
  readonly startedAt: number;
}

interface Outcome {
  readonly response: ScimResponse;
  /** Undefined for one without a valid token: it leaves no row in the log. */
  readonly request: ScimRequest | undefined;
  /** The change's own transaction has written the row of the request log. */
  readonly logged: boolean;
}

async function admit(admission: Admission, endpoint: Endpoint, received: ReceivedRequest): Promise<Outcome> {
  const { authenticate, takeTokens, lanes } = admission;
  const { req, directoryId } = received;
  if (isAnonymous(endpoint, req)) {
    return answerAnonymous(admission, endpoint, received);
  }
  let authenticated: Authenticated | undefined;
  let request: ScimRequest | undefined;
  let entered: EnteredLanes | undefined;
  try {
    authenticated = await authenticate[endpoint.checksLive ? "fromCache" : "fromDatabase"](
      req.headers.authorization,
      directoryId,
    );
    request = requestOf(received, authenticated.directory, isDryRun(endpoint, req));
    takeTokens?.(authenticated.directory, 1);
    const action = actionFor(endpoint.actions, req.method);
    entered = new EnteredLanes(lanes, authenticated.directory.id, request.dryRun);
    if (hasBody(req.method)) {
      request = { ...request, body: await entered.readBody(req, endpoint.maxBody) };
    } else {
      await entered.enterWork();
    }
    return await act(admission, endpoint, action, received, authenticated, request);
  } catch (error) {
    return { request, response: await refusal(admission, received, authenticated, error), logged: false };
  } finally {
    entered?.release();
  }
}

function isDryRun({ writes }: Endpoint, { method, headers }: Request): boolean {
  return writes === true && method !== "GET" && method !== "HEAD" && prefersDryRun(headers.prefer);
}

/** RFC 7240 §3: tells the client that its preference was honored. */
function applied({ request, response }: Outcome): ScimResponse {
  return request?.dryRun === true
    ? { ...response, headers: { ...response.headers, "Preference-Applied": DRY_RUN } }
    : response;
}

function isAnonymous({ isPublic }: Endpoint, { method, headers }: Request): boolean {
  return isPublic === true && headers.authorization === undefined && (method === "GET" || method === "HEAD");
}

/** Of one network, for all requests without a token. */
const ANONYMOUS_RATE: RateLimit = { perSecond: 5, burst: 50 };

/** Answers a request without a token: it uses up nothing of the directory's limit, and leaves no row in its log. */
async function answerAnonymous(
  admission: Admission,
  { actions }: Endpoint,
  received: ReceivedRequest,
): Promise<Outcome> {
  const { authenticate, services, takeTokens, log } = admission;
  const { req, requestId, directoryId } = received;
  const answer = async () => {
    takeTokens?.({ id: `anonymous ${networksOf(req.ip)[0]}`, rateLimit: ANONYMOUS_RATE }, 1);
    const request = requestOf(received, await authenticate.withoutToken(directoryId), false);
    return actionFor(actions, req.method)(services, request, parameter(req, "id"));
  };
  return { response: await settle(answer, requestId, log), request: undefined, logged: true };
}

/**
 * Runs the action, again where it ran for a directory that has changed meanwhile: nothing has changed by then, since what
 * changes something sees the directory live.
 */
async function act(
  { authenticate, services, dryRun, log }: Admission,
  { checksLive }: Endpoint,
  action: Action,
  { req, requestId, directoryId }: ReceivedRequest,
  first: Authenticated,
  received: ScimRequest,
): Promise<Outcome> {
  let [authenticated, request] = [first, received];
  for (;;) {
    const seen = { live: false, logged: false };
    const run = async (used: Services) => {
      const statements = new ObservedStatements(used.statements);
      const answer = await action(checksLive ? { ...used, statements } : used, request, parameter(req, "id"));
      Object.assign(seen, statements.seen);
      return answer;
    };
    const response = await settle(
      () => (request.dryRun ? dryRun(services, run) : run(services)),
      requestId,
      log,
    );
    // What a dry run has written of its log row is gone with all else.
    const outcome = { request, response, logged: seen.logged && !request.dryRun };
    if (!isDoubtful(authenticated, response, seen.live)) {
      return outcome;
    }
    const fresh = await authenticate.fromDatabase(req.headers.authorization, directoryId);
    if (isSame(fresh.directory, authenticated.directory)) {
      return outcome;
    }
    authenticated = fresh;
    request = { ...request, directory: fresh.directory };
  }
}

/**
 * Whether a response may come of a directory or token that has ended or changed: before the request came, where they are
 * cached; else since it was let in, when nothing was found.
 */
function isDoubtful(
  { cached }: Authenticated,
  { status, unavailable }: ScimResponse,
  sawLive: boolean,
): boolean {
  return unavailable !== true && !sawLive && (cached || status === 401 || status === 404);
}

function isSame(one: Directory, other: Directory): boolean {
  return one.tokenId === other.tokenId && one.updatedAt.getTime() === other.updatedAt.getTime();
}

/** Only authenticated clients learn what is wrong with a request; a temporary refusal needs no look-up. */
function refusal(
  { authenticate, log }: Admission,
  { req, requestId, directoryId }: ReceivedRequest,
  authenticated: Authenticated | undefined,
  error: unknown,
): Promise<ScimResponse> {
  const recheck = async () => {
    if (authenticated?.cached === true && !isTemporary(error)) {
      await authenticate.fromDatabase(req.headers.authorization, directoryId);
    }
    throw error;
  };
  return settle(recheck, requestId, log);
}

function isTemporary(error: unknown): boolean {
  return (error instanceof ScimError && error.status === 429) || isUnavailable(error);
}

/** A network that sends many invalid tokens is told to wait. */
function limitFailures({ failures, log }: Admission, req: Request, response: ScimResponse): ScimResponse {
  const seconds = response.status === 401 ? (failures?.count(req.ip) ?? null) : null;
  if (seconds === null) {
    return response;
  }
  const error = new ScimError(
    429,
    "Too many requests of this address have no valid token. Check it, retry later.",
    { headers: { "Retry-After": String(seconds) } },
  );
  return failure(error, requestId(req), log);
}

async function settle(
  action: () => Promise<ScimResponse> | ScimResponse,
  id: string,
  log: Logger,
): Promise<ScimResponse> {
  try {
    return await action();
  } catch (error) {
    return failure(error, id, log);
  }
}

function receive({ now }: Admission, req: Request): ReceivedRequest {
  return {
    req,
    requestId: requestId(req),
    // As PostgreSQL writes an id.
    directoryId: parameter(req, "directoryId").toLowerCase(),
    receivedAt: now(),
    startedAt: performance.now(),
  };
}

function requestOf(
  { req, ...received }: ReceivedRequest,
  directory: Directory,
  dryRun: boolean,
): ScimRequest {
  const path = req.url.slice(req.url.indexOf("/", 1));
  const query = req.url.indexOf("?");
  return {
    directory,
    requestId: received.requestId,
    ip: req.ip,
    method: req.method,
    path,
    query: parseQuery(query < 0 ? "" : req.url.slice(query + 1)),
    ifMatch: req.headers["if-match"],
    ifNoneMatch: req.headers["if-none-match"],
    body: undefined,
    dryRun,
    receivedAt: received.receivedAt,
    startedAt: received.startedAt,
  };
}

function actionFor(actions: Actions, method: string): Action {
  const action = Object.entries(actions).find(([name]) => name === (method === "HEAD" ? "GET" : method))?.[1];
  if (action !== undefined) {
    return action;
  }
  throw new ScimError(405, `${method} is not allowed here.`, {
    headers: { Allow: Object.keys(actions).join(", ") },
  });
}

function hasBody(method: string): boolean {
  return method === "POST" || method === "PUT" || method === "PATCH";
}

function parameter(req: Request, name: string): string {
  const value = req.params[name];
  return typeof value === "string" ? value : "";
}
