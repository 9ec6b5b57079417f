import type { Sql } from "@sallyport/database";
import type { WaitingSessions } from "@sallyport/interactions";
import { SecretError } from "@sallyport/secrets";
import { findLiveSession } from "@sallyport/sessions";
import { type KeySet, privateHalfOf } from "@sallyport/signing-keys";
import {
  type Adapter,
  type Configuration,
  type ErrorOut,
  errors,
  type KoaContextWithOIDC,
} from "oidc-provider";
import { ACCESS_TOKEN_SIGNING_ALG } from "../applications.ts";
import { isOwnOrigin } from "../endpoints/cors.ts";
import { signInPolicy } from "../interaction/sign-in-policy.ts";
import { ROUTES } from "../routes.ts";
import { newGrantId, parseGrantId } from "../tokens/grants.ts";
import { CLAIMS_OF_SCOPES, SCOPES, seconds, sessionClaims } from "../tokens/session-claims.ts";
import { SessionAccount, sessionOf } from "./account.ts";
import { EXTRA_PARAMETERS } from "./parameters.ts";
import { sessionCookieName } from "./session-cookie.ts";

export interface ConfigurationDeps {
  readonly publicUrl: string;
  readonly sql: Sql;
  readonly now: () => Date;
  readonly keys: KeySet;
  readonly cookieKeys: readonly string[];
  readonly adapter: (model: string) => Adapter;
  readonly waiting: Pick<WaitingSessions, "has">;
  readonly renderError: (ctx: KoaContextWithOIDC, out: ErrorOut) => void;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * oidc-provider, set up as the OpenID Provider of the operator's own applications: authorization code with PKCE and
 * refresh tokens, client credentials for their streams of signals, nothing else. What it does not serve (userinfo, introspection, revocation, logout) is in
 * endpoints/: it refuses JWT access tokens there, and knows no session but its own.
 */
export function configuration(deps: ConfigurationDeps): Configuration {
  const { publicUrl, sql, now } = deps;
  const cookie = {
    httpOnly: true,
    sameSite: "lax",
    signed: true,
    secure: publicUrl.startsWith("https:"),
  } as const;
  const signals = `${publicUrl}/ssf`;
  const secondsLeft = (ctx: KoaContextWithOIDC, most: number) => {
    const session = sessionOf(ctx);
    if (session === null) {
      return most;
    }
    return Math.max(1, Math.min(most, seconds(session.expiresAt) - seconds(now())));
  };

  return {
    adapter: deps.adapter,
    jwks: { keys: usableKeys(deps.keys) },
    routes: {
      authorization: ROUTES.authorize,
      token: ROUTES.token,
      pushed_authorization_request: ROUTES.pushedRequest,
      jwks: ROUTES.jwks,
    },
    cookies: {
      keys: [...deps.cookieKeys],
      names: { session: sessionCookieName(publicUrl) },
      long: { ...cookie, path: "/" },
      short: cookie,
    },
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      userinfo: { enabled: false },
      introspection: { enabled: false },
      revocation: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      pushedAuthorizationRequests: { enabled: true },
      clientCredentials: { enabled: true },
      // Its only way to JWT access tokens (RFC 9068): one resource, which everybody gets. The audience is the
      // application itself, so that no application takes another's token for its own. What an application asks for
      // itself, without a person, is for its streams of signals alone.
      resourceIndicators: {
        enabled: true,
        defaultResource: (ctx) => (isForItself(ctx) ? signals : publicUrl),
        useGrantedResource: () => true,
        getResourceServerInfo: (ctx, resource, client) => {
          if (isForItself(ctx) && resource === signals) {
            return {
              scope: SIGNAL_SCOPES.join(" "),
              audience: signals,
              accessTokenFormat: "jwt",
              jwt: { sign: { alg: "ES256" } },
            };
          }
          if (isForItself(ctx) || resource !== publicUrl) {
            throw new errors.InvalidTarget();
          }
          return {
            scope: SCOPES.join(" "),
            audience: client.clientId,
            accessTokenFormat: "jwt",
            jwt: { sign: { alg: client[ACCESS_TOKEN_SIGNING_ALG] === "RS256" ? "RS256" : "ES256" } },
          };
        },
      },
    },
    discovery: {
      userinfo_endpoint: publicUrl + ROUTES.userinfo,
      introspection_endpoint: publicUrl + ROUTES.introspection,
      introspection_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
      revocation_endpoint: publicUrl + ROUTES.revocation,
      revocation_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post", "none"],
      end_session_endpoint: publicUrl + ROUTES.logout,
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
    },
    responseTypes: ["code"],
    allowOmittingSingleRegisteredRedirectUri: false, // OpenID Connect Core 3.1.2.1 requires it
    clientAuthMethods: ["client_secret_basic", "client_secret_post", "none"],
    enabledJWA: { idTokenSigningAlgValues: ["RS256", "ES256"] },
    extraClientMetadata: { properties: [ACCESS_TOKEN_SIGNING_ALG] },
    // A page can keep no secret, so only public clients call from pages.
    clientBasedCORS: (_ctx, origin, client) =>
      client.clientAuthMethod === "none" && isOwnOrigin(origin, client.redirectUris ?? []),
    pkce: { required: (_ctx, client) => client.clientAuthMethod === "none" },
    scopes: SCOPES,
    claims: CLAIMS_OF_SCOPES,
    conformIdTokenClaims: false,
    extraParams: EXTRA_PARAMETERS,
    interactions: {
      policy: signInPolicy(sql, now, deps.waiting),
      url: (_ctx, interaction) => `${publicUrl}${ROUTES.signIn}/${interaction.uid}`,
    },
    async findAccount(_ctx, sessionId, token) {
      const grant = token?.grantId === undefined ? null : parseGrantId(token.grantId);
      const live = await findLiveSession(sql, sessionId, now(), grant === null ? [] : [grant.reference]);
      return live === null ? undefined : new SessionAccount(live);
    },
    loadExistingGrant(ctx) {
      const session = sessionOf(ctx);
      const { account, client, provider, session: browser } = ctx.oidc;
      if (session === null || !account || !client || !browser) {
        return undefined;
      }
      // What codes copy from oidc-provider's session into ID tokens.
      Object.assign(browser, {
        loginTs: session.authTime === null ? undefined : seconds(session.authTime),
        amr: session.amr,
        acr: session.acr ?? undefined,
      });
      const grant = new provider.Grant({ accountId: account.accountId, clientId: client.clientId });
      grant.jti = newGrantId(session.id, client.clientId);
      grant.addOIDCScope(SCOPES);
      grant.addResourceScope(publicUrl, SCOPES);
      return grant;
    },
    expiresWithSession: () => false, // ours, not oidc-provider's, is the one that ends them
    issueRefreshToken: (_ctx, _client, source) => source.scopes.has("offline_access"),
    rotateRefreshToken: true,
    formats: {
      customizers: {
        jwt(ctx, token, jwt) {
          if (token.kind === "ClientCredentials") {
            return; // nobody's session
          }
          const session = sessionOf(ctx);
          const grant = "grantId" in token ? parseGrantId(token.grantId ?? "") : null;
          if (session === null || grant === null) {
            throw new Error("An access token without a session");
          }
          Object.assign(jwt.payload, sessionClaims(session, token.scopes), { grant_id: grant.reference });
        },
      },
    },
    ttl: {
      ClientCredentials: 10 * MINUTE,
      AccessToken: (ctx) => secondsLeft(ctx, 10 * MINUTE),
      AuthorizationCode: MINUTE,
      IdToken: (ctx) => secondsLeft(ctx, HOUR),
      RefreshToken: (ctx) => secondsLeft(ctx, 365 * DAY),
      Interaction: 30 * MINUTE,
      Session: (ctx) => secondsLeft(ctx, 30 * DAY),
      Grant: DAY, // never stored
    },
    renderError: deps.renderError,
  };
}

/** What an application may do with its own streams (CAEP Interoperability Profile 1.0, section 2.7.2). */
const SIGNAL_SCOPES = ["ssf.read", "ssf.manage"];

/** Whether an application asks for a token of its own (RFC 6749, section 4.4). */
function isForItself(ctx: KoaContextWithOIDC): boolean {
  return ctx.oidc.route === "token" && ctx.oidc.params?.grant_type === "client_credentials";
}

/**
 * The keys that sign, first, and those of whose ID tokens it takes hints. Published are more: see endpoints/jwks.ts.
 * @throws SecretError where one that signs could not be opened
 */
function usableKeys({ signing, published }: KeySet) {
  const signers = Object.values(signing);
  const others = published
    .filter((key) => !signers.includes(key))
    .flatMap(({ privateHalf }) => (privateHalf instanceof SecretError ? [] : [privateHalf.jwk]));
  return [...signers.map((key) => privateHalfOf(key).jwk), ...others];
}
