import { comeBackLater, requestId } from "@sallyport/http";
import type { FailureLimit } from "@sallyport/limits";
import type { Logger } from "@sallyport/logging";
import { isUnavailable, outageOf, reportOutage, UNAVAILABLE } from "@sallyport/outage";
import type { Request, Response } from "express";
import type { Directory } from "../directory/directory.ts";
import { mayBeLarge, parseBody, receiveBody } from "../http/body.ts";
import { countUnread, send } from "../http/send.ts";
import type { Remember } from "../http/unread.ts";
import type { RequestLog } from "../log/request-log.ts";
import { errorDocument, ScimError } from "../protocol/error.ts";
import type { ScimRequest, ScimResponse } from "../protocol/exchange.ts";
import { HUGE_BODY_BYTES } from "../protocol/limits.ts";
import { inSlices } from "../protocol/slices.ts";
import type { Authenticate, Opened } from "./authenticate.ts";
import type { InLane } from "./lanes.ts";
import type { TakeTokens } from "./rate-limit.ts";

/** What one endpoint does with one method. `id` is the resource's, where the path has one. */
export type Action = (request: ScimRequest, id: string) => Promise<ScimResponse> | ScimResponse;
export type Actions = Partial<Record<"GET" | "POST" | "PUT" | "PATCH" | "DELETE", Action>>;

export interface Endpoint {
  readonly actions: Actions;
  readonly provesItself: boolean;
  /** Most bytes of a body. */
  readonly maxBody: number;
}

export interface Transport {
  readonly authenticate: Authenticate;
  readonly takeTokens: TakeTokens | undefined;
  readonly failures: FailureLimit | undefined;
  readonly requestLog: RequestLog;
  readonly log: Logger;
  readonly now: () => Date;
  /** For all: before their bodies are parsed, until their answers are made. */
  readonly inWork: InLane;
  /** For the requests whose bodies may be large: before they are received. */
  readonly inLargeLane: InLane;
  /** For those whose bodies turned out to be huge: before they are parsed. */
  readonly inHugeLane: InLane;
  readonly rememberUnread: Remember;
}

/**
 * Runs one HTTP request: who sends it, may they, what does it say, what comes of it; and logs it.
 * @param provesItself whether the actions tell of what they found or changed by `proven`, and have changed nothing
 *   where they do not: then the request is let in by what an earlier one found, and looked at anew only in doubt
 */
export async function handle(
  transport: Transport,
  { actions, provesItself, maxBody }: Endpoint,
  req: Request,
  res: Response,
): Promise<void> {
  const startedAt = performance.now();
  const receivedAt = transport.now();
  const id = requestId(req);
  const { authorization } = req.headers;
  const directoryId = parameter(req, "directoryId");
  let request: ScimRequest | undefined;
  let response: ScimResponse;
  let opened: Opened | undefined;
  try {
    opened = await transport.authenticate[provesItself ? "quickly" : "anew"](authorization, directoryId);
    const envelope = envelopeOf(req, opened.directory, id, receivedAt, startedAt);
    request = envelope;
    transport.takeTokens?.(opened.directory, 1);
    const action = actionFor(actions, req.method);
    const carriesBody = hasBody(req.method);
    const { id: key } = opened.directory;
    let seen = opened;
    const act = async (first: ScimRequest) => {
      for (let attempt = first; ; ) {
        request = attempt;
        const answer = await settle(() => action(attempt, parameter(req, "id")), id, transport.log);
        if (!isDoubtful(seen, answer)) {
          return answer;
        }
        // Nothing has changed so far: what changes something proves itself.
        const fresh = await transport.authenticate.anew(authorization, directoryId);
        if (isSame(fresh.directory, seen.directory)) {
          return answer;
        }
        seen = fresh;
        attempt = { ...attempt, directory: fresh.directory };
      }
    };
    const receiveAndAct = async () => {
      let bytes = carriesBody ? await receiveBody(req, maxBody) : NOTHING;
      const isHuge = bytes.length > HUGE_BODY_BYTES;
      const parseAndAct = async () => {
        const first = carriesBody ? { ...envelope, body: await inSlices(parseBody(bytes)) } : envelope;
        bytes = NOTHING; // 10 MB that nobody needs any more
        return act(first);
      };
      const work = () => transport.inWork(key, parseAndAct);
      return isHuge ? transport.inHugeLane(key, work) : work();
    };
    response = await (carriesBody && mayBeLarge(req)
      ? transport.inLargeLane(key, receiveAndAct)
      : receiveAndAct());
  } catch (error) {
    response = await settle(
      async () => {
        // What is wrong with a request is told to whoever may send one; that it came at a bad time costs no look.
        if (opened?.remembered === true && !isUntimely(error)) {
          await transport.authenticate.anew(authorization, directoryId);
        }
        throw error;
      },
      id,
      transport.log,
    );
  }
  if (response.status === 401) {
    response = limitFailures(transport, req, response, id);
  }
  if (response.unavailable === true) {
    comeBackLater(res);
  }
  send(req, res, response);
  if (request !== undefined) {
    countUnread(res, request.directory.id, transport.rememberUnread);
  }
  if (request !== undefined && response.logged !== true) {
    transport.requestLog.add(request, response);
  }
}

/** What opens nothing leaves no row; from a network that sends much of it, it is told to wait. */
function limitFailures(
  { failures, log }: Transport,
  req: Request,
  refused: ScimResponse,
  id: string,
): ScimResponse {
  const wait = failures?.count(req.ip) ?? null;
  if (wait === null) {
    return refused;
  }
  const error = new ScimError(
    429,
    "Too many requests of this address have no valid token. Check it, retry later.",
    {
      headers: { "Retry-After": String(wait) },
    },
  );
  return failure(error, id, log);
}

const NOTHING = Buffer.alloc(0);

function isUntimely(error: unknown): boolean {
  return (error instanceof ScimError && error.status === 429) || isUnavailable(error);
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

/**
 * Whether an answer may come of a directory or token that was ended or changed: before the request came, where they
 * are remembered; else since it was let in, when nothing was found.
 */
function isDoubtful({ remembered }: Opened, { proven, status, unavailable }: ScimResponse): boolean {
  return unavailable !== true && proven !== true && (remembered || status === 401 || status === 404);
}

function isSame(one: Directory, other: Directory): boolean {
  return one.tokenId === other.tokenId && one.updatedAt.getTime() === other.updatedAt.getTime();
}

/** The answer to whatever was thrown: a ScimError as it is, an outage as 503, all else as 500 without detail. */
export function failure(error: unknown, id: string, log: Logger): ScimResponse {
  const outage = outageOf(error);
  if (outage !== undefined) {
    reportOutage(log, outage, { requestId: id });
  }
  const unavailable = outage !== undefined;
  const scimError =
    error instanceof ScimError
      ? error
      : unavailable
        ? new ScimError(503, UNAVAILABLE)
        : unexpected(error, id, log);
  return {
    unavailable,
    status: scimError.status,
    body: { ...errorDocument(scimError), schemas: [...errorDocument(scimError).schemas] },
    headers: scimError.headers,
  };
}

function envelopeOf(
  req: Request,
  directory: Directory,
  id: string,
  receivedAt: Date,
  startedAt: number,
): ScimRequest {
  const path = req.url.slice(req.url.indexOf("/", 1));
  const query = req.url.indexOf("?");
  return {
    directory,
    requestId: id,
    ip: req.ip,
    method: req.method,
    path,
    query: new URLSearchParams(query < 0 ? "" : req.url.slice(query + 1)),
    ifMatch: req.headers["if-match"],
    ifNoneMatch: req.headers["if-none-match"],
    body: undefined,
    receivedAt,
    startedAt,
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

function unexpected(error: unknown, id: string, log: Logger): ScimError {
  log.error({ requestId: id, err: error }, "unexpected error in the SCIM server");
  return new ScimError(500, `Something went wrong on our side. Report request ${id} to the operator.`);
}
