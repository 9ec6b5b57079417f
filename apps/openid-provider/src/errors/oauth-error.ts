import { asProblem, requestId } from "@sallyport/http";
import type { FailureLimit } from "@sallyport/limits";
import type { Logger } from "@sallyport/logging";
import { outageOf } from "@sallyport/outage";
import type { ErrorRequestHandler } from "express";
import { answerUnavailable } from "./unavailable.ts";

/** The errors of the endpoints beside oidc-provider's, by their names in RFC 6749, 6750 and (a status only) 9110. */
const STATUS = {
  invalid_request: 400,
  invalid_grant: 400,
  invalid_client: 401,
  invalid_token: 401,
  insufficient_scope: 403,
  method_not_allowed: 405,
  // RFC 6749 has no name for it at these endpoints; this one, of 4.1.2.1, says that it may work later.
  temporarily_unavailable: 429,
  server_error: 500,
} as const;

export class OAuthError extends Error {
  readonly error: keyof typeof STATUS;
  readonly challenge: string | undefined;

  /**
   * @param description what happened and what to do, in ASCII without quotes (RFC 6749, 5.2)
   * @param challenge value of WWW-Authenticate, where the answer is to carry one
   */
  constructor(error: keyof typeof STATUS, description: string, challenge?: string) {
    super(description);
    this.name = "OAuthError";
    this.error = error;
    this.challenge = challenge;
  }

  get status(): number {
    return STATUS[this.error];
  }
}

/** What a network is told from which too many have failed to authenticate. */
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
    const wait = found.error === "invalid_client" ? failures.count(req.ip) : null;
    const error = wait === null ? found : new OAuthError("temporarily_unavailable", TOO_MANY_FAILURES);
    if (wait !== null) {
      res.set("retry-after", String(wait));
    }
    if (error.error === "server_error") {
      log.error({ requestId: requestId(req), err: thrown }, "unexpected error");
    }
    res.set("cache-control", "no-store");
    if (error.challenge !== undefined) {
      res.set("www-authenticate", error.challenge);
    }
    res.status(error.status).json({ error: error.error, error_description: error.message });
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
