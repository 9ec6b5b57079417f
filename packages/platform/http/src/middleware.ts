import type { Logger } from "@sallyport/logging";
import { outageOf, UNAVAILABLE } from "@sallyport/outage";
import type { ErrorRequestHandler, Request, RequestHandler, Response } from "express";
import { Problem, problemDocument } from "./problem.ts";
import { asProblem } from "./request-error.ts";
import { proxyRequestId, requestId } from "./request-id.ts";
import { metOutage, noteOutage } from "./unavailable.ts";

/** One line a request at its end: method, route pattern (never the URL: it may carry people's data), status, time. */
export function logRequests(log: Logger): RequestHandler {
  // These fields hold no secret, and to look for one would cost twenty times the line.
  const lines = log.child({}, { redact: [] });
  return (req, res, next) => {
    const start = process.hrtime.bigint();
    res.once("close", () => {
      if (metOutage(res)) {
        return; // one of many: the outage's own line counts it
      }
      const ms = Number(process.hrtime.bigint() - start) / 1e6;
      const proxied = proxyRequestId(req);
      const level = res.statusCode >= 500 ? "error" : "info";
      lines[level](
        {
          requestId: requestId(req),
          ...(proxied === undefined ? {} : { proxyRequestId: proxied }),
          method: req.method,
          route: routePattern(req),
          status: res.statusCode,
          ms: Math.round(ms * 10) / 10,
          ...(res.writableFinished ? {} : { aborted: true }),
        },
        "request",
      );
    });
    next();
  };
}

/** The pattern that matched ("/scim/v2/:directoryId/Users"), or "unmatched": a bounded set, fit for metrics. */
export function routePattern(req: Request): string {
  const route: unknown = req.route;
  if (typeof route !== "object" || route === null || !("path" in route)) {
    return "unmatched";
  }
  return `${mountPattern(req)}${String(route.path)}`;
}

// Express replaces parameters in baseUrl by their values: put the names back.
function mountPattern(req: Request): string {
  let base = req.baseUrl;
  for (const [name, value] of Object.entries(req.params)) {
    if (typeof value === "string" && value !== "") {
      base = base.replace(`/${value}`, `/:${name}`);
    }
  }
  return base;
}

/** Nothing matched: 404 as a problem. Mount it behind all routes. */
export function notFound(): RequestHandler {
  return () => {
    throw new Problem(
      404,
      "route_not_found",
      "There is nothing at this path. See /api/openapi.json for what there is.",
    );
  };
}

/** Answers every thrown error as problem+json; what is not the caller's doing is logged and answers 500 without detail. */
export function handleProblems(log: Logger): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    const problem = asProblem(error) ?? unavailable(error, req, res, log) ?? unexpected(error, req, log);
    if (res.headersSent) {
      return next(error);
    }
    res
      .status(problem.status)
      .type("application/problem+json")
      .send(JSON.stringify(problemDocument(problem, requestId(req))));
  };
}

function unavailable(error: unknown, req: Request, res: Response, log: Logger): Problem | undefined {
  const outage = outageOf(error);
  if (outage === undefined || res.headersSent) {
    return undefined;
  }
  noteOutage(log, outage, req, res);
  return new Problem(503, "unavailable", UNAVAILABLE);
}

function unexpected(error: unknown, req: Request, log: Logger): Problem {
  log.error({ requestId: requestId(req), err: error }, "unexpected error");
  return new Problem(
    500,
    "internal_error",
    "Something went wrong on our side. Report the request id to the operator.",
  );
}
