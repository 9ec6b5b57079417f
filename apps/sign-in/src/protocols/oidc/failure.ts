import { cutText } from "@sallyport/database";
import { OutboundError } from "@sallyport/outbound";
import * as client from "openid-client";
import { SignInFailure, type SignInFailureCode } from "../../core/failures.ts";

/** Errors by which an IdP says that it did not sign the person in (RFC 6749, 4.1.2.1; OpenID Connect Core 3.1.2.6). */
const REFUSALS = new Set([
  "access_denied",
  "login_required",
  "interaction_required",
  "consent_required",
  "account_selection_required",
]);

const FIXES: Readonly<Record<string, string>> = {
  access_denied: "Assign the person to the application in the IdP.",
  invalid_client: "Update the connection's client id and secret from the IdP.",
  unauthorized_client: "In the IdP, allow the authorization code grant for this application.",
  invalid_scope: "In the IdP, allow this connection's scopes for the application.",
  redirect_uri_mismatch: "In the IdP, register the connection's redirect URI.",
  invalid_grant: "Sign in again; check that the IdP's and the gateway's clocks agree.",
};
const SEE_IDP = "Look at the IdP's own log for this login.";
const CHECK_SETTINGS =
  "Check the connection's issuer and client id against the IdP; its answer did not match them.";

/** The one translation of openid-client's errors: what the page is, and what the record says. */
export function oidcFailure(error: unknown): SignInFailure {
  const failure = causeOf(error, SignInFailure);
  if (failure !== null) {
    return failure;
  }
  if (error instanceof client.AuthorizationResponseError) {
    return answered(
      REFUSALS.has(error.error) ? "idp_refused" : "idp_failed",
      error.error,
      error.error_description,
      error,
    );
  }
  if (error instanceof client.ResponseBodyError) {
    const page = error.error === "invalid_grant" ? "response_invalid" : "idp_failed";
    return answered(page, error.error, error.error_description, error);
  }
  const outbound = causeOf(error, OutboundError);
  if (outbound !== null) {
    return new SignInFailure("idp_unreachable", { detail: outbound.message, cause: error });
  }
  const { code, message } = errorOf(error);
  return new SignInFailure("response_invalid", {
    finding: {
      code: code.toLowerCase(),
      message: `The IdP's answer is not valid: ${message}.`,
      fix: CHECK_SETTINGS,
    },
    cause: error,
  });
}

function answered(
  page: SignInFailureCode,
  code: string,
  description: string | undefined,
  cause: Error,
): SignInFailure {
  return new SignInFailure(page, {
    finding: {
      code: `oidc_${code.replace(/[^\w.-]/g, "_").slice(0, 64)}`,
      message: "The IdP answered with an error.",
      fix: FIXES[code] ?? SEE_IDP,
      detail: description === undefined ? undefined : cutText(description, 500),
    },
    cause,
  });
}

/** The first of that kind among an error and its causes. */
export function causeOf<Kind extends Error>(
  error: unknown,
  kind: new (...parameters: never[]) => Kind,
): Kind | null {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof kind) {
      return cause;
    }
  }
  return null;
}

function errorOf(error: unknown): { code: string; message: string } {
  if (!(error instanceof Error)) {
    return { code: "oidc_unexpected", message: String(error) };
  }
  const code = "code" in error && typeof error.code === "string" ? error.code : "oidc_unexpected";
  return { code, message: error.message };
}
