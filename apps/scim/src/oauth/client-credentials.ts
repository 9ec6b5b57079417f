import { clientCredentials, OAuthError } from "@sallyport/oauth";

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

function parseBasic(authorization: string): ClientCredentials {
  const credentials = clientCredentials(authorization);
  if (credentials === undefined) {
    throw new OAuthError("invalid_client", "The Authorization header is not HTTP Basic of id and secret.");
  }
  return credentials;
}
