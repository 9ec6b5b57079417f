import { renderErrorPage, sendPage } from "@sallyport/html";
import { asProblem, noteOutage, requestId } from "@sallyport/http";
import type { Logger } from "@sallyport/logging";
import { outageOf } from "@sallyport/outage";
import type { ErrorRequestHandler } from "express";
import { LogoutFailure, type LogoutFailureCode, logoutFailureEntry } from "./failures.ts";

/** Ends whatever a route threw on its page; what nobody foresaw is logged, and its page tells nothing of it. */
export function handleLogoutFailures(log: Logger): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    if (res.headersSent) {
      return next(error);
    }
    const { code, finding, retryAfter } = asFailure(error);
    const outage = code === "unavailable" ? outageOf(error) : undefined;
    if (outage !== undefined) {
      noteOutage(log, outage, req, res);
    } else if (code === "internal_error") {
      log.error({ requestId: requestId(req), err: error }, "unexpected error in a single logout");
    } else {
      log.info({ requestId: requestId(req), failure: code, finding: finding.code }, "single logout refused");
    }
    const entry = logoutFailureEntry(code);
    if (retryAfter !== undefined) {
      res.set("retry-after", String(retryAfter));
    }
    sendPage(res, entry.status, renderErrorPage({ ...entry, code, requestId: requestId(req) }));
  };
}

function asFailure(error: unknown): LogoutFailure {
  if (error instanceof LogoutFailure) {
    return error;
  }
  if (outageOf(error) !== undefined) {
    return new LogoutFailure("unavailable", { cause: error });
  }
  return new LogoutFailure(codeOf(asProblem(error)?.status), { cause: error });
}

function codeOf(status: number | undefined): LogoutFailureCode {
  if (status === undefined || status >= 500) {
    return "internal_error";
  }
  return status === 413 ? "request_too_large" : "request_malformed";
}
