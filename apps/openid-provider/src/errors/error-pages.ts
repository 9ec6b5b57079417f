import { type ErrorPage, pageHeaders, renderErrorPage, sendPage } from "@sallyport/html";
import { requestId } from "@sallyport/http";
import { OAuthError } from "@sallyport/oauth";
import type { ErrorRequestHandler } from "express";
import type { KoaContextWithOIDC } from "oidc-provider";
import { TOO_MANY_FAILURES } from "./oauth-error.ts";

const START_AGAIN = "Go back to the application and sign in again.";
const ASK_OPERATOR = "Tell the application's operator: its settings do not match the gateway's.";

type Words = Pick<ErrorPage, "title" | "message" | "advice">;

const SERVER_ERROR: Words = {
  title: "Something went wrong",
  message: "The sign-in could not go on, through no fault of yours.",
  advice: START_AGAIN,
};

const TOO_MANY: Words = {
  title: "Too many sign-ins at once",
  message: "From your network many sign-ins were started and not finished.",
  advice: "Wait a moment, then go back to the application and sign in again.",
};

/** What a person reads where the browser cannot be sent back to the application. */
const WORDS: Readonly<Record<string, Words>> = {
  invalid_client: {
    title: "Unknown application",
    message: "The application that sent you here is not registered.",
    advice: ASK_OPERATOR,
  },
  invalid_redirect_uri: {
    title: "Unknown return address",
    message: "The application asked to send you to an address that is not registered for it.",
    advice: ASK_OPERATOR,
  },
  server_error: SERVER_ERROR,
  interaction_unknown: {
    title: "This sign-in has expired",
    message: "It took too long, was finished before, or was started in another browser.",
    advice: START_AGAIN,
  },
};

/** oidc-provider's errors in front of a person. */
export function renderProviderError(
  ctx: KoaContextWithOIDC,
  out: { readonly error: string; readonly error_description?: string | undefined },
): void {
  const expired = ctx.oidc.route === "resume" && out.error === "invalid_request";
  const code = expired ? "interaction_unknown" : out.error;
  const words = WORDS[code] ?? invalidRequest(out.error_description ?? out.error);
  ctx.set(pageHeaders());
  ctx.body = renderErrorPage({ ...words, code, status: ctx.status, requestId: requestId(ctx.req) });
}

/** Takes back the answer that was prepared, since there have been too many like it. */
export function answerTooMany(ctx: KoaContextWithOIDC, retryAfter: number): void {
  const failed = ctx.status === 401;
  for (const name of ["location", "set-cookie", "content-type", "www-authenticate"]) {
    ctx.remove(name);
  }
  ctx.status = 429;
  ctx.set("retry-after", String(retryAfter));
  if (ctx.oidc.route === "authorization") {
    ctx.set(pageHeaders());
    ctx.body = renderErrorPage({
      ...TOO_MANY,
      code: "too_many_attempts",
      status: 429,
      requestId: requestId(ctx.req),
    });
  } else {
    const error_description = failed ? TOO_MANY_FAILURES : TOO_MANY.message;
    ctx.body = { error: "temporarily_unavailable", error_description };
  }
}

type Answer = Pick<KoaContextWithOIDC, "req" | "status" | "body" | "accepts" | "remove" | "set">;

/** Takes back the answer that was prepared, whose state could not be stored: no code, no cookie leaves. */
export function answerFailure(ctx: Answer): void {
  for (const name of ["location", "set-cookie", "content-type"]) {
    ctx.remove(name);
  }
  ctx.status = 500;
  if (ctx.accepts("json", "html") === "html") {
    ctx.set(pageHeaders());
    ctx.body = renderErrorPage({
      ...SERVER_ERROR,
      code: "server_error",
      status: 500,
      requestId: requestId(ctx.req),
    });
  } else {
    ctx.body = { error: "server_error", error_description: SERVER_ERROR.message };
  }
}

/** The errors of endpoints that people visit, as pages. What is no OAuth error goes on. */
export const handlePageErrors: ErrorRequestHandler = (thrown: unknown, req, res, next) => {
  if (!(thrown instanceof OAuthError) || res.headersSent) {
    return next(thrown);
  }
  const { message, code, status } = thrown;
  const page = { ...invalidRequest(message), code, status, requestId: requestId(req) };
  sendPage(res, status, renderErrorPage(page));
};

function invalidRequest(description: string): Words {
  return {
    title: "This request does not make sense",
    message: `The application sent you here with a request that is not valid: ${description}.`,
    advice: ASK_OPERATOR,
  };
}
