import { type Brand, readBrand } from "@sallyport/branding";
import { type AbortForm, renderErrorPage, sendPage } from "@sallyport/html";
import { asProblem, noteOutage, requestId } from "@sallyport/http";
import { InteractionEndedError } from "@sallyport/interactions";
import { isUnavailable, outageOf } from "@sallyport/outage";
import type { ErrorRequestHandler, Request } from "express";
import type { SignInContext } from "../core/context.ts";
import { SignInFailure, type SignInFailureCode, signInFailureEntry } from "../core/failures.ts";
import { csrfToken } from "./form-token.ts";

/** Ends whatever a route threw on its page; what nobody foresaw is logged, and its page tells nothing of it. */
export function handleFailures(context: SignInContext): ErrorRequestHandler {
  return async (error: unknown, req, res, next) => {
    if (res.headersSent) {
      return next(error);
    }
    const failure = asFailure(error);
    const outage = failure.code === "unavailable" ? outageOf(failure.cause) : undefined;
    if (outage !== undefined) {
      noteOutage(context.log, outage, req, res);
    } else if (failure.code === "internal_error") {
      context.log.error({ requestId: requestId(req), err: error }, "unexpected error in a sign-in");
    } else {
      context.log.info(
        { requestId: requestId(req), failure: failure.code, finding: failure.finding.code },
        "sign-in failed",
      );
    }
    const entry = signInFailureEntry(failure.code);
    const known: Known =
      outage !== undefined
        ? {}
        : await knownOf(context, req, failure).catch((cause: unknown) => {
            context.log.error(
              { requestId: requestId(req), err: cause },
              "the sign-in that failed could not be read",
            );
            return {};
          });
    if (failure.retryAfter !== undefined) {
      res.set("retry-after", String(failure.retryAfter));
    }
    const page = { ...entry, code: failure.code, requestId: requestId(req), ...known };
    sendPage(res, entry.status, renderErrorPage(page), { pictures: known.brand?.logo != null });
  };
}

function asFailure(error: unknown): SignInFailure {
  if (error instanceof SignInFailure) {
    return error;
  }
  if (error instanceof InteractionEndedError) {
    return new SignInFailure("interaction_unknown", { cause: error });
  }
  if (isUnavailable(error)) {
    return new SignInFailure("unavailable", { cause: error });
  }
  return new SignInFailure(codeOf(asProblem(error)?.status), { cause: error });
}

function codeOf(status: number | undefined): SignInFailureCode {
  if (status === undefined || status >= 500) {
    return "internal_error";
  }
  return status === 413 ? "request_too_large" : "request_malformed";
}

/** What is known of the sign-in that failed. */
interface Known {
  readonly retryUrl?: string;
  readonly abort?: AbortForm;
  readonly brand?: Brand | null;
}

/** Whose sign-in it was is told to the browser alone that has been on its way by that organization's connection. */
async function knownOf(context: SignInContext, req: Request, failure: SignInFailure): Promise<Known> {
  const { organizationId } = failure;
  const brand = organizationId === undefined ? null : await readBrand(context.database.sql, organizationId);
  return { ...(await waysOn(context, req, failure)), brand };
}

/** What the page offers: another try, and the way back to the application, while the sign-in is still open. */
async function waysOn(
  { cookie, interactions }: SignInContext,
  req: Request,
  failure: SignInFailure,
): Promise<Pick<Known, "retryUrl" | "abort">> {
  const browser = cookie.read(req);
  if (failure.interactionId === undefined || browser === null) {
    return {};
  }
  const request = await interactions.load({ id: failure.interactionId, browser });
  if (request === null) {
    return {};
  }
  const action = `/sign-in/${encodeURIComponent(request.id)}`;
  const retry = signInFailureEntry(failure.code).retry === true;
  return {
    ...(retry ? { retryUrl: action } : {}),
    abort: {
      action,
      csrf: csrfToken(browser, request.id),
      error: failure.code,
      application: request.application.name,
    },
  };
}
