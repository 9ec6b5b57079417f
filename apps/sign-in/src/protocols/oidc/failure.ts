import { cutText } from "@sallyport/database";
import { causeOf, type IdpAnswer, IdpFailure, unreachable } from "@sallyport/oidc-client";
import { OutboundError } from "@sallyport/outbound";
import { z } from "zod";
import { SignInFailure, type SignInFailureCode } from "../../core/failures.ts";

const PAGES: Readonly<Record<IdpFailure["kind"], SignInFailureCode>> = {
  unreachable: "idp_unreachable",
  failed: "idp_failed",
  refused: "idp_refused",
  invalid: "response_invalid",
};

/** What the person is shown, and what the record says. `response` is what the IdP answered, for the record. */
export function toSignInFailure(failure: IdpFailure, response?: string): SignInFailure {
  return new SignInFailure(PAGES[failure.kind], { finding: failure.finding, response, cause: failure });
}

/** Errors by which an IdP says that it did not sign the person in (RFC 6749, 4.1.2.1; OpenID Connect Core 3.1.2.6). */
const REFUSALS = new Set([
  "access_denied",
  "login_required",
  "interaction_required",
  "consent_required",
  "account_selection_required",
]);

const SEE_IDP = "Look at the IdP's own log for this login.";
const CHECK_CREDENTIALS =
  "Update the connection's client id and secret from the IdP, and check that the IdP lets this application authenticate as the connection does.";

const AUTHORIZATION_FIXES: Readonly<Record<string, string>> = {
  access_denied: "Assign the person to the application in the IdP.",
  unauthorized_client: "In the IdP, allow the authorization code grant for this application.",
  unsupported_response_type: "In the IdP, allow the authorization code grant for this application.",
  invalid_scope: "In the IdP, allow this connection's scopes for the application.",
  invalid_request:
    "Look at the IdP's description and its own log: often the redirect URI is not registered, or PKCE (S256) is not allowed.",
  invalid_request_uri: "Sign in again; the IdP no longer knew the pushed authorization request.",
  redirect_uri_mismatch: "In the IdP, register the connection's redirect URI.",
  consent_required: "In the IdP, grant consent for this application on behalf of the organization.",
  interaction_required:
    "Look at the IdP's policies for this application: it wanted to ask the person something.",
  login_required: "Have the person sign in at the IdP first; look at its policies for this application.",
  server_error: "The IdP failed; look at its own log for this login.",
  temporarily_unavailable: "The IdP is overloaded or under maintenance: try again later.",
};

/** An error by which the IdP answered the authorization request. */
export function authorizationFailure(code: string, description: string | undefined): IdpFailure {
  return new IdpFailure(REFUSALS.has(code) ? "refused" : "failed", {
    code: errorCode(code),
    message: "The IdP answered with an error.",
    fix: AUTHORIZATION_FIXES[code] ?? SEE_IDP,
    detail: description === undefined ? undefined : cutText(description, 500),
  });
}

const TOKEN_FIXES: Readonly<Record<string, string>> = {
  invalid_client: CHECK_CREDENTIALS,
  // Keycloak says so of a wrong secret; the grant itself was allowed when the code was issued.
  unauthorized_client: CHECK_CREDENTIALS,
  invalid_grant:
    "Sign in again; where it stays, check the connection's redirect URI in the IdP, and that the clocks of the IdP and the gateway agree.",
  invalid_scope: "In the IdP, allow this connection's scopes for the application.",
  redirect_uri_mismatch: "In the IdP, register the connection's redirect URI.",
  unsupported_grant_type: "In the IdP, allow the authorization code grant for this application.",
  invalid_request: "Look at the IdP's description: it names what it misses.",
};

const oauthError = z.object({
  error: z.string().min(1),
  error_description: z.string().optional().catch(undefined),
});

/** Why a token endpoint (or that for pushed requests) did not answer with what it was asked for. Null: it did. */
export function endpointFailure(endpoint: "token" | "par", answer: IdpAnswer): IdpFailure | null {
  if (answer.status >= 200 && answer.status < 300) {
    return null;
  }
  const name = endpoint === "token" ? "token endpoint" : "pushed authorization request endpoint";
  const found = `HTTP ${answer.status}, ${answer.contentType || "no content type"}`;
  const said = oauthError.safeParse(answer.body);
  if (said.success && answer.status < 500) {
    const { error, error_description: description } = said.data;
    return new IdpFailure(error === "invalid_grant" ? "invalid" : "failed", {
      code: errorCode(error),
      message: `The IdP's ${name} answered with an error.`,
      fix:
        (endpoint === "token" || answer.status === 401 ? TOKEN_FIXES : AUTHORIZATION_FIXES)[error] ?? SEE_IDP,
      found,
      detail: description === undefined ? undefined : cutText(description, 500),
    });
  }
  if (answer.status === 401) {
    return new IdpFailure("failed", {
      code: "oidc_invalid_client",
      message: `The IdP's ${name} did not take the connection's credentials.`,
      fix: CHECK_CREDENTIALS,
      found,
      detail: answer.challenge === null ? undefined : cutText(answer.challenge, 500),
    });
  }
  const failed = answer.status >= 500 || answer.status === 429;
  return new IdpFailure("failed", {
    code: failed ? `oidc_${endpoint}_endpoint_failed` : `oidc_${endpoint}_endpoint_refused`,
    message: `The IdP's ${name} ${failed ? "failed" : "refused the request"}.`,
    fix: failed
      ? "Try again later; where it stays, look at the IdP's own log, and at what stands in front of it."
      : "Look at the IdP's own log, and check that its discovery document names the right endpoint.",
    expected: "HTTP 200, application/json",
    found,
    detail: said.success ? said.data.error : undefined,
  });
}

/** The one translation of what else openid-client throws. */
export function otherFailure(error: unknown): IdpFailure {
  const failure = causeOf(error, IdpFailure);
  if (failure !== null) {
    return failure;
  }
  if (causeOf(error, OutboundError) !== null) {
    return unreachable(error);
  }
  const { code, message } = errorOf(error);
  return new IdpFailure(
    "invalid",
    {
      code: code.toLowerCase(),
      message: `The IdP's answer is not valid: ${message}.`,
      fix: "Check the connection's issuer and client id against the IdP; its answer did not match them.",
      detail: deepestMessage(error),
    },
    { cause: error },
  );
}

function errorCode(code: string): string {
  return `oidc_${code.replace(/[^\w.-]/g, "_").slice(0, 64)}`;
}

function errorOf(error: unknown): { code: string; message: string } {
  if (!(error instanceof Error)) {
    return { code: "oidc_unexpected", message: String(error) };
  }
  const code = "code" in error && typeof error.code === "string" ? error.code : "oidc_unexpected";
  return { code, message: error.message };
}

/** openid-client says what kind of error it is; what it found, its cause says. */
function deepestMessage(error: unknown): string | undefined {
  let message: string | undefined;
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    message = cause.message;
  }
  return message === undefined ? undefined : cutText(message, 500);
}
