import { asProblem } from "@sallyport/http";
import { OAuthError } from "@sallyport/oauth";
import type { ErrorRequestHandler } from "express";

/** Answers what a receiver did wrong in OAuth's form; all else goes on to the gateway's own handler. */
export const answerErrors: ErrorRequestHandler = (thrown: unknown, _req, res, next) => {
  const error = thrown instanceof OAuthError ? thrown : ofBodyParser(thrown);
  if (error === null || res.headersSent) {
    return next(thrown);
  }
  res
    .status(error.status)
    .set({ ...error.headers, "cache-control": "no-store" })
    .json(error.document);
};

function ofBodyParser(thrown: unknown): OAuthError | null {
  const problem = asProblem(thrown);
  return problem !== null && problem.status < 500
    ? new OAuthError("invalid_request", "The request's body cannot be read as JSON", {
        status: problem.status,
      })
    : null;
}
