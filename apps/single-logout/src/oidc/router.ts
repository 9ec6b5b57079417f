import { renderSignedOutPage, sendOn, sendPage } from "@sallyport/html";
import type { BrowserCookie } from "@sallyport/http";
import { requestId } from "@sallyport/http";
import { IdpFailure, type OidcClients } from "@sallyport/oidc-client";
import { isMessageId } from "@sallyport/saml";
import express, { type ErrorRequestHandler, type Request, type Response, Router } from "express";
import { z } from "zod";
import { handleLogoutFailures } from "../failure-page.ts";
import { LogoutFailure } from "../failures.ts";
import type { SingleLogoutDeps } from "../index.ts";
import { takePendingLogout } from "../pending-logouts.ts";
import { endSessionsOf } from "./end-sessions.ts";
import { findActiveConnection } from "./find-active-connection.ts";
import { checkLogoutToken, decodeLogoutToken } from "./logout-token.ts";
import { createRefusalRecorder, showUnverified } from "./record-refusals.ts";

const BASE = "/sso/oidc/:connectionId";
const BACK_CHANNEL = `${BASE}/backchannel-logout`;
const FRONT_CHANNEL = `${BASE}/frontchannel-logout`;
const LOGGED_OUT = `${BASE}/logged-out`;
/** A logout token is some hundred bytes. */
const FORM_LIMIT = "16kb";

const posted = z.object({ logout_token: z.string().min(1) });
const frontChannel = z.object({ iss: z.string().max(1_024), sid: z.string().min(1).max(1_024) });

/** Where OpenID Providers say that they have signed somebody out, and send browsers back that we had signed out there. */
export function createOidcLogoutRouter(
  deps: SingleLogoutDeps,
  cookie: BrowserCookie,
  clients: OidcClients,
): Router {
  const router = Router();
  const { sql } = deps.database;
  const orRecord = createRefusalRecorder(deps);
  const form = express.urlencoded({ extended: false, limit: FORM_LIMIT, parameterLimit: 20 });

  /** OpenID Connect Back-Channel Logout 1.0 §2.5, §2.8. */
  router.post(BACK_CHANNEL, form, async (req: Request<{ connectionId: string }>, res) => {
    const connection = await findActiveConnection(sql, req.params.connectionId);
    const { logout_token: jwt } = posted.safeParse(req.body).data ?? {};
    if (jwt === undefined) {
      throw new LogoutFailure("request_malformed");
    }
    await orRecord(
      req,
      connection,
      () => showUnverified(jwt),
      async () => {
        const idp = await clients.of(connection);
        const algorithms = idp.metadata.id_token_signing_alg_values_supported ?? ["RS256"];
        const token = checkLogoutToken(decodeLogoutToken(jwt), {
          issuer: idp.metadata.issuer,
          clientId: connection.settings.clientId,
          algorithms,
          now: deps.now(),
        });
        await idp.keys.verify(jwt, algorithms);
        const about = { requestId: requestId(req), now: deps.now() };
        await endSessionsOf(deps, connection, { ...token, once: token }, about);
      },
    );
    res.set("cache-control", "no-store").status(200).end();
  });

  /**
   * OpenID Connect Front-Channel Logout 1.0 §2: in a frame of the IdP's page, where our cookies do not come along. So who is
   * meant is told by `sid`, which nobody knows but the IdP and who has the person's tokens.
   */
  router.head(FRONT_CHANNEL, (_req, res) => void res.set("allow", "GET").status(405).end());
  router.get(FRONT_CHANNEL, async (req: Request<{ connectionId: string }>, res) => {
    const connection = await findActiveConnection(sql, req.params.connectionId);
    const named = frontChannel.safeParse(req.query).data;
    await orRecord(
      req,
      connection,
      () => undefined,
      async () => {
        if (named === undefined) {
          throw new IdpFailure("invalid", SID_REQUIRED);
        }
        const { metadata } = await clients.of(connection);
        if (named.iss !== metadata.issuer) {
          throw new IdpFailure("invalid", {
            code: "logout_issuer_mismatch",
            message: "The logout is another issuer's.",
            fix: "Check that the IdP's application has this very connection's front-channel logout URI.",
            claim: "iss",
            expected: metadata.issuer,
            found: named.iss,
          });
        }
        const about = { requestId: requestId(req), now: deps.now() };
        await endSessionsOf(
          deps,
          connection,
          { issuer: named.iss, subject: undefined, sid: named.sid },
          about,
        );
      },
    );
    res.set("cache-control", "no-store").status(200).end();
  });

  /** The IdP sends a browser back after a logout of ours (OpenID Connect RP-Initiated Logout 1.0 §3). */
  router.head(LOGGED_OUT, (_req, res) => void res.set("allow", "GET").status(405).end());
  router.get(LOGGED_OUT, async (req: Request<{ connectionId: string }>, res) => {
    const { connectionId } = req.params;
    const { state } = req.query;
    const browser = cookie.read(req);
    const id = typeof state === "string" && isMessageId(state) ? state : null;
    const known = id !== null && browser !== null && z.uuid().safeParse(connectionId).success;
    const pending = known
      ? await takePendingLogout(sql, { id, connectionId, browser, now: deps.now() })
      : null;
    if (pending === null || pending.target === null) {
      return sendPage(res, 200, renderSignedOutPage());
    }
    sendOn(res, pending.target);
  });

  router.use(BACK_CHANNEL, answerInJson);
  router.use([BACK_CHANNEL, FRONT_CHANNEL, LOGGED_OUT], handleLogoutFailures(deps.log));
  return router;
}

/** What the IdP's server is answered (Back-Channel Logout §2.8): it shows no pages. */
const answerInJson: ErrorRequestHandler = (error: unknown, _req, res: Response, next) => {
  if (!(error instanceof LogoutFailure) || res.headersSent) {
    return next(error);
  }
  if (error.retryAfter !== undefined) {
    res.set("retry-after", String(error.retryAfter));
  }
  res
    .set("cache-control", "no-store")
    .status(STATUS[error.code] ?? 400)
    .json({ error: "invalid_request", error_description: error.finding.message });
};

const STATUS: Readonly<Record<string, number>> = {
  connection_unknown: 404,
  too_many_refused: 429,
  unavailable: 503,
};

const SID_REQUIRED = {
  code: "logout_sid_missing",
  message: "The front-channel logout does not say which session is meant.",
  fix: "In the IdP, have front-channel logout send `iss` and `sid` (frontchannel_logout_session_required).",
  claim: "sid",
};
