import { createCheckRecorder } from "@sallyport/application-checks";
import type { Database } from "@sallyport/database";
import { createBrowserCookie, requestId } from "@sallyport/http";
import type { Interactions, SignInRedirect, UpstreamLogout, WaitingSessions } from "@sallyport/interactions";
import {
  type AttemptLimit,
  type FailureLimit,
  UNLIMITED_ATTEMPTS,
  UNLIMITED_FAILURES,
} from "@sallyport/limits";
import type { Logger } from "@sallyport/logging";
import type { SecretBox } from "@sallyport/secrets";
import { followRevocations, rememberSessions } from "@sallyport/sessions";
import { privateHalfOf, type SigningKeys } from "@sallyport/signing-keys";
import type { Request, Response, Router } from "express";
import { Provider } from "oidc-provider";
import { createApplications, type OwnApplication } from "./applications.ts";
import { createBrowserSessions } from "./endpoints/browser-sessions.ts";
import { introspection } from "./endpoints/introspection.ts";
import { jwks } from "./endpoints/jwks.ts";
import { logout } from "./endpoints/logout.ts";
import { revocation } from "./endpoints/revocation.ts";
import { userinfo } from "./endpoints/userinfo.ts";
import { renderProviderError } from "./errors/error-pages.ts";
import { createHostCookies } from "./forward-auth/cookies.ts";
import { hostSignIn } from "./forward-auth/sign-in.ts";
import { verify } from "./forward-auth/verify.ts";
import { createInteractions } from "./interaction/interactions.ts";
import { RecentRequests } from "./interaction/recent-requests.ts";
import { InProcessResumption } from "./interaction/resume-in-process.ts";
import { configuration } from "./provider/configuration.ts";
import { buildProvider, perKeySet } from "./provider/provider.ts";
import { revocationFeed } from "./revocation-feed/feed.ts";
import { createOpRouter } from "./router.ts";
import { ROUTES } from "./routes.ts";
import { createAdapters } from "./store/adapters.ts";
import { loadCookieKey } from "./store/cookie-key.ts";
import { openStore } from "./store/open.ts";
import { ChangesByRequest } from "./store/pending-changes.ts";
import { createAccessTokens } from "./tokens/access-tokens.ts";
import type { GrantName } from "./tokens/grants.ts";
import { createRefreshRotation } from "./tokens/refresh-rotation.ts";
import { createRefreshTokens } from "./tokens/refresh-tokens.ts";
import { createRevocations } from "./tokens/revocations.ts";

export type { OwnApplication } from "./applications.ts";
export { type CodeRedemption, openCodeRedemption } from "./code-redemption.ts";
export type { ExpectedCode, RedeemedCode } from "./tokens/redeem-code.ts";

export interface OpenIdProviderDeps {
  readonly database: Database;
  readonly log: Logger;
  /** The issuer: scheme, host and port, no path. */
  readonly publicUrl: string;
  readonly now: () => Date;
  readonly secrets: SecretBox;
  readonly signingKeys: SigningKeys;
  /** Sessions have ended: applications are to be told. Never throws. */
  readonly requestLogout: () => void;
  readonly upstreamLogout: UpstreamLogout;
  readonly signInRedirect: SignInRedirect;
  /** Sessions that wait for an authorization request. */
  readonly waiting: Pick<WaitingSessions, "has">;
  /** Pages of the gateway itself that people sign in to. */
  readonly ownApplications?: readonly OwnApplication[];
  /** Where state that expires is kept; without it, in PostgreSQL. */
  readonly redisUrl?: string;
  /** Sign-ins that may be started and come to nothing. Default: no limit. */
  readonly attempts?: AttemptLimit;
  /** Failed client authentication. Default: no limit. */
  readonly failures?: FailureLimit;
  /** How long a refresh token may be used again by the confidential application that used it. Default: 20. */
  readonly refreshGraceSeconds?: number;
  /** How long what applications ask for may wait until their integration check shows it. Default: 5,000. */
  readonly checkAfterMs?: number;
  /** Aborted when the process is about to stop: requests that wait are answered. */
  readonly stopping?: AbortSignal;
}

const DEFAULT_REFRESH_GRACE_SECONDS = 20;
const DEFAULT_CHECK_AFTER_MS = 5_000;

/** The OpenID Provider towards the applications. */
export interface OpenIdProvider {
  readonly router: Router;
  readonly interactions: Interactions;
  close(): Promise<void>;
}

/** Builds the OpenID Provider, and opens its store and keys. Rejects where one cannot be opened. */
export async function createOpenIdProvider(deps: OpenIdProviderDeps): Promise<OpenIdProvider> {
  const { database, publicUrl, now, signingKeys: keys, log } = deps;
  const { attempts = UNLIMITED_ATTEMPTS, failures = UNLIMITED_FAILURES } = deps;
  const { sql } = database;
  const issuer = publicUrl;

  // What cannot be opened shows now, before anything else is.
  const cookieKey = await loadCookieKey(sql, deps.secrets);
  Object.values((await keys.current()).signing).map(privateHalfOf);
  const store = openStore(deps);
  const applications = createApplications(sql, now, deps.ownApplications);
  const accessTokens = createAccessTokens({ keys, sql, issuer, now });
  const refreshTokens = createRefreshTokens(store, sql, now);
  const revocations = createRevocations({ ...deps, store });
  const rotation = createRefreshRotation({
    secret: cookieKey,
    graceSeconds: deps.refreshGraceSeconds ?? DEFAULT_REFRESH_GRACE_SECONDS,
    applications,
    now,
  });
  const endGrant = ({ sessionId, reference }: GrantName, grantId: string) =>
    revocations.token({ sessionId, tokenId: reference, grantId, reason: "used_twice" });
  const checks = createCheckRecorder({ sql, log, afterMs: deps.checkAfterMs ?? DEFAULT_CHECK_AFTER_MS });
  const recent = new RecentRequests();
  const resumePath = (id: string) => `${ROUTES.authorize}/${id}`;
  const resumption = new InProcessResumption(resumePath);
  const changes = new ChangesByRequest();
  const cookie = createBrowserCookie(publicUrl);

  const adapter = createAdapters({
    applications,
    store,
    issuer,
    now,
    recent,
    browser: {
      read: () => cookie.read(present().req),
      ensure: () => cookie.ensure(present().req, present().res),
    },
    resumed: () => resumption.of(Provider.ctx),
    changes: () => changes.ofCurrent(Provider.ctx),
    rotation,
    noteRepetition: ({ sessionId, clientId }) =>
      revocations.repetition({ sessionId, clientId, requestId: requestId(present().req) }),
    revokeGrant: endGrant,
  });
  const serving = perKeySet((keySet) =>
    buildProvider({
      publicUrl,
      log,
      store,
      changes,
      resumption,
      successorOf: rotation.successorOf,
      limits: { attempts, failures, cookie },
      checks,
      now,
      depart: async (req, res, id) => {
        const request = await interactions.load({ id, browser: cookie.ensure(req, res) });
        return request !== null && deps.signInRedirect.redirectToIdp(req, res, request);
      },
      configuration: configuration({
        publicUrl,
        sql,
        now,
        adapter,
        keys: keySet,
        cookieKeys: [cookieKey],
        waiting: deps.waiting,
        renderError: renderProviderError,
      }),
    }),
  );
  const current = async () => serving(await keys.current());
  // What signs, or reads an ID token, must know of a key that was distrusted a moment ago, in whichever process.
  const forRequest = async (req: Request) =>
    req.method === "POST" || "id_token_hint" in req.query ? serving(await keys.latest()) : current();
  const interactions = createInteractions({
    store,
    recent,
    resumption,
    current,
    now,
    applications,
    resumePath,
    publicUrl,
  });
  try {
    await current(); // what is wrong with the configuration shows now, not at the first request
  } catch (error) {
    await store.close();
    throw error;
  }
  const browserSessions = createBrowserSessions(current, store);

  const follower = followRevocations({
    database,
    onLost: (error) =>
      log.warn(
        { reason: error.message },
        "Ended sessions are not heard of: until they are, each request asks PostgreSQL",
      ),
  });
  const remembered = rememberSessions({ sql, follower, now });
  const hostCookies = createHostCookies(publicUrl, cookieKey);
  const router = createOpRouter(
    {
      provider: async (req, res) => (await forRequest(req)).handle(req, res),
      jwks: jwks(keys),
      userinfo: userinfo(accessTokens, applications),
      introspection: introspection({ applications, accessTokens, refreshTokens, issuer }),
      revocation: revocation({ applications, accessTokens, refreshTokens, revoke: revocations.token }),
      logout: logout({
        applications,
        keys,
        issuer,
        formKey: cookieKey,
        browserSession: browserSessions.find,
        forgetBrowser: browserSessions.forget,
        endSession: (req, sessionId) => revocations.session(sessionId, requestId(req)),
        upstream: deps.upstreamLogout,
      }),
      verify: verify({ accessTokens, applications, cookies: hostCookies, remembered, now, publicUrl }),
      revocations: revocationFeed({
        sql,
        applications,
        follower,
        keys,
        issuer,
        now,
        key: cookieKey,
        stopping: deps.stopping ?? new AbortController().signal,
      }),
      hostSignIn: hostSignIn({
        applications,
        store,
        sql,
        now,
        publicUrl,
        key: cookieKey,
        cookies: hostCookies,
        revokeGrant: endGrant,
      }),
    },
    log,
    failures,
  );
  return {
    router,
    interactions,
    close: async () => {
      remembered.close();
      follower.close();
      await checks.close();
      await store.close();
    },
  };
}

/** The request that oidc-provider answers now, as Express made it in front of Koa. */
function present(): { readonly req: Request; readonly res: Response } {
  const { ctx } = Provider;
  if (ctx === undefined) {
    throw new Error("A request waits for its browser within its HTTP requests only");
  }
  return { req: ctx.req as Request, res: ctx.res as Response };
}
