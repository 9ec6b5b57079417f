/** The OpenID Provider's paths below the public URL: a contract with every application. */
export const ROUTES = {
  discovery: "/.well-known/openid-configuration",
  /** The same document, where RFC 8414 has OAuth clients look. */
  metadata: "/.well-known/oauth-authorization-server",
  jwks: "/.well-known/jwks.json",
  authorize: "/oauth2/authorize",
  token: "/oauth2/token",
  pushedRequest: "/oauth2/par",
  userinfo: "/oauth2/userinfo",
  introspection: "/oauth2/introspect",
  revocation: "/oauth2/revoke",
  logout: "/oauth2/logout",
  /** Served by the sign-in half. */
  signIn: "/sign-in",
  verify: "/session/verify",
  revocations: "/session/revocations",
  /** On the hosts of applications that have a proxy before them, which hands these two on. */
  start: "/session/start",
  callback: "/session/callback",
} as const;
