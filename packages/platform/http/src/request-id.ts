import { randomUUID } from "node:crypto";
import type { Request, RequestHandler } from "express";

const REQUEST_ID = "x-request-id";
// What a proxy may hand us for its own logs; anything else could forge log lines.
const ACCEPTABLE_ID = /^[\w.-]{8,64}$/;

const requestIds = new WeakMap<object, string>();

/**
 * Gives each request a new id and returns it in the response. Mount it first. Clients cannot choose it: records are found by it,
 * and one that somebody has seen elsewhere would lead to them.
 */
export function assignRequestId(): RequestHandler {
  return (req, res, next) => {
    res.setHeader(REQUEST_ID, requestId(req));
    next();
  };
}

/** The id under which logs, audit events and error pages know this request. */
export function requestId(req: Pick<Request, "headers">): string {
  let id = requestIds.get(req);
  if (id === undefined) {
    id = randomUUID();
    requestIds.set(req, id);
  }
  return id;
}

/** What a proxy in front calls this request, for the log line alone; undefined from anybody who is none (`trust proxy`). */
export function proxyRequestId(req: Request): string | undefined {
  const given = req.get(REQUEST_ID);
  if (given === undefined || !ACCEPTABLE_ID.test(given)) {
    return undefined;
  }
  const isProxy: unknown = req.app.get("trust proxy fn");
  return typeof isProxy === "function" && isProxy(req.socket.remoteAddress, 0) === true ? given : undefined;
}
