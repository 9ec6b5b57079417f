import { OAuthError } from "./oauth-error.ts";

/** What a client shows to get an access token: RFC 6749 §4.4.2. */
export interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/**
 * Reads a token request by client credentials. The client names itself in the Authorization header
 * (client_secret_basic) or in the form (client_secret_post), never in both (RFC 6749 §2.3).
 * @param form the body, application/x-www-form-urlencoded
 */
export function parseTokenRequest(authorization: string | undefined, form: string): ClientCredentials {
  const parameters = new URLSearchParams(form);
  for (const name of new Set(parameters.keys())) {
    if (parameters.getAll(name).length > 1) {
      throw new OAuthError("invalid_request", "A parameter is sent twice. Send each once.");
    }
  }
  requireGrant(parameters.get("grant_type"));
  const basic = authorization === undefined ? undefined : parseBasic(authorization);
  const clientId = parameters.get("client_id") ?? undefined;
  const clientSecret = parameters.get("client_secret") ?? undefined;
  if (basic !== undefined) {
    if (clientSecret !== undefined || (clientId !== undefined && clientId !== basic.clientId)) {
      throw new OAuthError(
        "invalid_request",
        "Send the client's secret once: as HTTP Basic, or in the form.",
      );
    }
    return basic;
  }
  if (clientId === undefined || clientSecret === undefined) {
    throw new OAuthError(
      "invalid_client",
      "Send client_id and client_secret: as HTTP Basic, or in the form.",
    );
  }
  return { clientId, clientSecret };
}

function requireGrant(grant: string | null): void {
  if (grant === null || grant === "") {
    throw new OAuthError("invalid_request", "Send grant_type=client_credentials.");
  }
  if (grant !== "client_credentials") {
    throw new OAuthError("unsupported_grant_type", "The only grant_type here is client_credentials.");
  }
}

// RFC 6749 §2.3.1: id and secret are form-encoded each, then joined and sent as HTTP Basic.
function parseBasic(authorization: string): ClientCredentials {
  const encoded = /^Basic +([A-Za-z0-9+/]{1,4096}={0,2})$/i.exec(authorization)?.[1];
  const text = encoded === undefined ? "" : Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  const clientId = colon < 0 ? undefined : formDecoded(text.slice(0, colon));
  const clientSecret = colon < 0 ? undefined : formDecoded(text.slice(colon + 1));
  if (clientId === undefined || clientSecret === undefined) {
    throw new OAuthError("invalid_client", "The Authorization header is not HTTP Basic of id and secret.");
  }
  return { clientId, clientSecret };
}

function formDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}
