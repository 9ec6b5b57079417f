import { comeBackLater, requestId } from "@sallyport/http";
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
import { parseQuery } from "../protocol/query.ts";
import type { Action, Services } from "../resources/services.ts";
import type { Authenticate, Opened } from "./authenticate.ts";
import type { RateLimit, TakeTokens } from "./rate-limit.ts";
import { type RequestLanes, RequestPlace } from "./request-lanes.ts";
import { Witness } from "./witness.ts";

export type Actions = Partial<Record<"GET" | "POST" | "PUT" | "PATCH" | "DELETE", Action>>;

export interface Endpoint {
  readonly actions: Actions;
  /**
   * Whether its statements see by themselves that the directory and the token are live, and write the request log with
   * what they change: then a request is let in by what an earlier one found, and looked at anew only in doubt.
   */
  readonly seesLive: boolean;
  /** Most bytes of a body. */
  readonly maxBody: number;
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
}

/** Runs one HTTP request: who sends it, may they, what does it say, what comes of it; and logs it. */
export async function handle(
  admission: Admission,
  endpoint: Endpoint,
  req: Request,
  res: Response,
): Promise<void> {
  const outcome = await admit(admission, endpoint, arrivalOf(admission, req));
  const { request, logged } = outcome;
  const response = limitFailures(admission, req, outcome.response);
  if (response.unavailable === true) {
    comeBackLater(res);
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

/** What is known of a request before anybody looks who sent it. */
interface Arrival {
  readonly req: Request;
  readonly requestId: string;
  readonly directoryId: string;
  readonly receivedAt: Date;
  /** `performance.now()` */
  readonly startedAt: number;
}

interface Outcome {
  readonly response: ScimResponse;
  /** Undefined for one that opens no directory: it leaves no row in the log. */
  readonly request: ScimRequest | undefined;
  /** The change's own transaction has written the row of the request log. */
  readonly logged: boolean;
}

async function admit(admission: Admission, endpoint: Endpoint, arrival: Arrival): Promise<Outcome> {
  const { authenticate, takeTokens, lanes } = admission;
  const { req, directoryId } = arrival;
  if (isVisit(endpoint, req)) {
    return visit(admission, endpoint, arrival);
  }
  let opened: Opened | undefined;
  let request: ScimRequest | undefined;
  let place: RequestPlace | undefined;
  try {
    opened = await authenticate[endpoint.seesLive ? "quickly" : "anew"](
      req.headers.authorization,
      directoryId,
    );
    request = requestOf(arrival, opened.directory);
    takeTokens?.(opened.directory, 1);
    const action = actionFor(endpoint.actions, req.method);
    place = new RequestPlace(lanes, opened.directory.id);
    if (hasBody(req.method)) {
      request = { ...request, body: await place.readBody(req, endpoint.maxBody) };
    } else {
      await place.work();
    }
    return await act(admission, endpoint, action, arrival, opened, request);
  } catch (error) {
    return { request, response: await refusal(admission, arrival, opened, error), logged: false };
  } finally {
    place?.leave();
  }
}

function isVisit({ isPublic }: Endpoint, { method, headers }: Request): boolean {
  return isPublic === true && headers.authorization === undefined && (method === "GET" || method === "HEAD");
}

/** Of one network, whatever it asks for without a token. */
const VISITS: RateLimit = { perSecond: 5, burst: 50 };

/** Answers who sends no token: it uses up nothing of the directory's limit, and leaves no row in its log. */
async function visit(admission: Admission, { actions }: Endpoint, arrival: Arrival): Promise<Outcome> {
  const { authenticate, services, takeTokens, log } = admission;
  const { req, requestId, directoryId } = arrival;
  const answer = async () => {
    takeTokens?.({ id: `visits ${networksOf(req.ip)[0]}`, rateLimit: VISITS }, 1);
    const request = requestOf(arrival, await authenticate.publicly(directoryId));
    return actionFor(actions, req.method)(services, request, parameter(req, "id"));
  };
  return { response: await settle(answer, requestId, log), request: undefined, logged: true };
}

/**
 * Runs the action, again where it ran for a directory that has changed meanwhile: nothing has changed by then, since what
 * changes something sees the directory live.
 */
async function act(
  { authenticate, services, log }: Admission,
  { seesLive }: Endpoint,
  action: Action,
  { req, requestId, directoryId }: Arrival,
  first: Opened,
  received: ScimRequest,
): Promise<Outcome> {
  let [opened, request] = [first, received];
  for (;;) {
    const witness = new Witness(services.statements);
    const witnessed = seesLive ? { ...services, statements: witness } : services;
    const response = await settle(() => action(witnessed, request, parameter(req, "id")), requestId, log);
    const succeeded = response.status < 400;
    const outcome = { request, response, logged: succeeded && witness.seen.logged };
    if (!isDoubtful(opened, response, succeeded && witness.seen.live)) {
      return outcome;
    }
    const fresh = await authenticate.anew(req.headers.authorization, directoryId);
    if (isSame(fresh.directory, opened.directory)) {
      return outcome;
    }
    opened = fresh;
    request = { ...request, directory: fresh.directory };
  }
}

/**
 * Whether a response may come of a directory or token that has ended or changed: before the request came, where they are
 * remembered; else since it was let in, when nothing was found.
 */
function isDoubtful(
  { remembered }: Opened,
  { status, unavailable }: ScimResponse,
  sawLive: boolean,
): boolean {
  return unavailable !== true && !sawLive && (remembered || status === 401 || status === 404);
}

function isSame(one: Directory, other: Directory): boolean {
  return one.tokenId === other.tokenId && one.updatedAt.getTime() === other.updatedAt.getTime();
}

/** What is wrong with a request is told to whoever may send one; that it came at a bad time costs no look. */
function refusal(
  { authenticate, log }: Admission,
  { req, requestId, directoryId }: Arrival,
  opened: Opened | undefined,
  error: unknown,
): Promise<ScimResponse> {
  const look = async () => {
    if (opened?.remembered === true && !isUntimely(error)) {
      await authenticate.anew(req.headers.authorization, directoryId);
    }
    throw error;
  };
  return settle(look, requestId, log);
}

function isUntimely(error: unknown): boolean {
  return (error instanceof ScimError && error.status === 429) || isUnavailable(error);
}

/** A network that sends much that opens nothing is told to wait. */
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

function arrivalOf({ now }: Admission, req: Request): Arrival {
  return {
    req,
    requestId: requestId(req),
    // As PostgreSQL writes an id.
    directoryId: parameter(req, "directoryId").toLowerCase(),
    receivedAt: now(),
    startedAt: performance.now(),
  };
}

function requestOf({ req, ...arrival }: Arrival, directory: Directory): ScimRequest {
  const path = req.url.slice(req.url.indexOf("/", 1));
  const query = req.url.indexOf("?");
  return {
    directory,
    requestId: arrival.requestId,
    ip: req.ip,
    method: req.method,
    path,
    query: parseQuery(query < 0 ? "" : req.url.slice(query + 1)),
    ifMatch: req.headers["if-match"],
    ifNoneMatch: req.headers["if-none-match"],
    body: undefined,
    receivedAt: arrival.receivedAt,
    startedAt: arrival.startedAt,
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
