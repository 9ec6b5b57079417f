import { asProblem, requestId } from "@sallyport/http";
import type { FailureLimit } from "@sallyport/limits";
import type { Logger } from "@sallyport/logging";
import { OAuthError } from "@sallyport/oauth";
import { outageOf } from "@sallyport/outage";
import type { ErrorRequestHandler } from "express";
import { answerUnavailable } from "./unavailable.ts";

/** The answer to a network from which too many attempts to authenticate have failed. */
export const TOO_MANY_FAILURES =
  "Client authentication failed too often from this address: check client_id and client_secret";

/**
 * Answers what an endpoint threw in OAuth's form, an outage as 503; what is not the caller's doing is logged and told of without detail.
 * @param failures counts failed client authentication
 */
export function handleOAuthErrors(log: Logger, failures: FailureLimit): ErrorRequestHandler {
  return (thrown: unknown, req, res, next) => {
    if (res.headersSent) {
      return next(thrown);
    }
    const outage = outageOf(thrown);
    if (outage !== undefined) {
      return answerUnavailable(log, outage, req, res);
    }
    const found = asOAuthError(thrown);
    const wait = found.code === "invalid_client" ? failures.count(req.ip) : null;
    const error = wait === null ? found : new OAuthError("temporarily_unavailable", TOO_MANY_FAILURES);
    if (wait !== null) {
      res.set("retry-after", String(wait));
    }
    if (error.code === "server_error") {
      log.error({ requestId: requestId(req), err: thrown }, "unexpected error");
    }
    res
      .status(error.status)
      .set({ ...error.headers, "cache-control": "no-store" })
      .json(error.document);
  };
}

function asOAuthError(thrown: unknown): OAuthError {
  if (thrown instanceof OAuthError) {
    return thrown;
  }
  const problem = asProblem(thrown);
  if (problem !== null && problem.status < 500) {
    return new OAuthError("invalid_request", problem.message);
  }
  return new OAuthError(
    "server_error",
    "Something went wrong on our side. Report the request id to the operator.",
  );
}
