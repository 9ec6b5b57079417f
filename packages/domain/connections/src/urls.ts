/** The service provider of one SAML connection, as configured at its IdP. */
export interface SamlServiceProvider {
  readonly entityId: string;
  readonly acsUrl: string;
  /** Single logout: takes the IdP's requests, and its answers to ours. */
  readonly sloUrl: string;
  readonly metadataUrl: string;
  /** Takes the IdP's signed request to end all sessions of a person. */
  readonly globalTokenRevocationUrl: string;
}

/**
 * One service provider per connection: its entity ID is the URL of its own metadata (SAML metadata 2.0, section
 * 4.1.1), so no two organizations share an audience.
 */
export function samlServiceProvider(publicUrl: string, connectionId: string): SamlServiceProvider {
  const base = `${publicUrl}/sso/saml/${connectionId}`;
  return {
    entityId: `${base}/metadata`,
    acsUrl: `${base}/acs`,
    sloUrl: `${base}/slo`,
    metadataUrl: `${base}/metadata`,
    globalTokenRevocationUrl: `${base}/global-token-revocation`,
  };
}

/** One redirect URI per connection: an answer of one IdP never lands at another's (RFC 9700, section 4.4.2.2). */
export function oidcRedirectUri(publicUrl: string, connectionId: string): string {
  return `${publicUrl}/sso/oidc/${connectionId}/callback`;
}

/** Where an IdP finds the keys that a connection authenticates with (`jwks_uri` of RFC 7591, section 2). */
export function oidcJwksUri(publicUrl: string, connectionId: string): string {
  return `${publicUrl}/sso/oidc/${connectionId}/jwks`;
}

/** What an IdP is told of a connection's logouts (OpenID Connect RP-Initiated, Back-Channel and Front-Channel Logout 1.0). */
export function oidcLogoutUrls(publicUrl: string, connectionId: string) {
  const base = `${publicUrl}/sso/oidc/${connectionId}`;
  return {
    postLogoutRedirectUri: `${base}/logged-out`,
    backchannelLogoutUri: `${base}/backchannel-logout`,
    frontchannelLogoutUri: `${base}/frontchannel-logout`,
    globalTokenRevocationUri: `${base}/global-token-revocation`,
  };
}

/** Where an IdP pushes security events about a connection's people (RFC 8935). */
export function signalEventsPath(connectionId: string): string {
  return `/ssf/receivers/${connectionId}/events`;
}

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Whether a tenant's URL is good for identities: https without credentials, or plain http on this very machine. */
export function isSecureUrl(text: string): boolean {
  if (!URL.canParse(text)) {
    return false;
  }
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") {
    return false;
  }
  return url.protocol === "https:" || (url.protocol === "http:" && LOOPBACK.has(url.hostname));
}
