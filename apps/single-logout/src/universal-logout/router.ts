import { requestId } from "@sallyport/http";
import { findPeople, liveSessionsOf } from "@sallyport/idp-signals";
import { bearerToken } from "@sallyport/oauth";
import { IdpFailure, type OidcClients, type Signers } from "@sallyport/oidc-client";
import express, { type ErrorRequestHandler, type Request, type Response, Router } from "express";
import { endNamedSessions } from "../end-named-sessions.ts";
import { handleLogoutFailures } from "../failure-page.ts";
import { LogoutFailure } from "../failures.ts";
import type { SingleLogoutDeps } from "../index.ts";
import { createRefusalRecorder, showUnverified } from "../oidc/record-refusals.ts";
import { checkRequestToken, refused } from "./authenticate.ts";
import { requestBody } from "./request-body.ts";
import { type Endpoint, oidcEndpoint, samlEndpoint } from "./speakers.ts";

const OIDC_PATH = "/sso/oidc/:connectionId/global-token-revocation";
const SAML_PATH = "/sso/saml/:connectionId/global-token-revocation";
const BODY_LIMIT = "16kb";

/**
 * Global Token Revocation (draft-parecki-oauth-global-token-revocation; Okta's Universal Logout): the IdP says, by a JWT that it signed for this very
 * endpoint, that a person's sessions end. 204 once they have, 404 where it names nobody whom we know of it.
 */
export function createUniversalLogoutRouter(
  deps: SingleLogoutDeps,
  clients: OidcClients,
  signers: Signers,
): Router {
  const router = Router();
  const from = { sql: deps.database.sql, publicUrl: deps.publicUrl };
  const orRecord = createRefusalRecorder(deps);
  const json = express.json({ limit: BODY_LIMIT, type: ["application/json", "application/*+json"] });

  const serve = (path: string, find: (connectionId: string) => Promise<Endpoint>) =>
    router.post(path, json, async (req: Request<{ connectionId: string }>, res) => {
      const { connection, speaker } = await find(req.params.connectionId);
      const jwt = bearerToken(req.get("authorization"));
      if (jwt === undefined) {
        throw new Unauthenticated();
      }
      let found = true;
      await orRecord(
        req,
        connection,
        () => showUnverified(jwt),
        async () => {
          const trusted = await speaker();
          const now = deps.now();
          const token = checkRequestToken(jwt, { ...trusted, now });
          await trusted.keys.verify(jwt, trusted.algorithms);
          // Only now: nobody else is told what is wrong with a body.
          const who = requestBody.safeParse(req.body);
          if (!who.success) {
            throw new SubjectMalformed();
          }
          const people = await findPeople(deps.database.sql, trusted, who.data);
          found = people.length > 0;
          const isFirst = await endNamedSessions(deps, {
            connection,
            message: token,
            findSessions: async (inside) => {
              const live = await liveSessionsOf(inside, connection.organizationId, people, { now });
              return live.map(({ id }) => id);
            },
            requestId: requestId(req),
            now,
          });
          if (!isFirst) {
            throw refused("replayed", "jti", "one that was not used before", token.id);
          }
        },
      );
      res.set("cache-control", "no-store");
      if (found) {
        res.status(204).end();
      } else {
        res.status(404).json({
          error: "user_not_found",
          error_description: "Nobody of that name signed in by this connection",
        });
      }
    });
  serve(OIDC_PATH, (id) => oidcEndpoint(from, clients, id));
  serve(SAML_PATH, (id) => samlEndpoint(from, signers, id));

  router.use([OIDC_PATH, SAML_PATH], answerInJson, handleLogoutFailures(deps.log));
  return router;
}

class Unauthenticated extends Error {}
class SubjectMalformed extends Error {}

/** What the IdP's server is answered: it shows no pages. */
const answerInJson: ErrorRequestHandler = (error: unknown, _req, res: Response, next) => {
  if (res.headersSent) {
    return next(error);
  }
  res.set("cache-control", "no-store");
  if (error instanceof Unauthenticated) {
    return void res
      .status(401)
      .set("www-authenticate", "Bearer")
      .json({ error: "invalid_request", error_description: "Send a signed JWT as bearer token" });
  }
  if (error instanceof SubjectMalformed) {
    return void res.status(400).json({
      error: "invalid_request",
      error_description:
        "sub_id must be an object of format iss_sub (iss, sub), opaque (id) or email (email)",
    });
  }
  if (!(error instanceof LogoutFailure)) {
    return next(error);
  }
  if (error.retryAfter !== undefined) {
    res.set("retry-after", String(error.retryAfter));
  }
  const isToken = error.cause instanceof IdpFailure && error.cause.kind !== "unreachable";
  if (isToken) {
    res.set("www-authenticate", 'Bearer error="invalid_token"');
  }
  res.status(isToken ? 401 : (STATUS[error.code] ?? 400)).json({
    error: isToken ? "invalid_token" : "invalid_request",
    error_description: error.finding.message,
  });
};

const STATUS: Readonly<Record<string, number>> = {
  connection_unknown: 404,
  connection_disabled: 403,
  too_many_refused: 429,
  unavailable: 503,
};
