import { findConnection, signalEventsPath } from "@sallyport/connections";
import { requestId } from "@sallyport/http";
import { IdpFailure, type Signers } from "@sallyport/oidc-client";
import express, { type ErrorRequestHandler, type Request, Router } from "express";
import { handleLogoutFailures } from "../failure-page.ts";
import { LogoutFailure } from "../failures.ts";
import type { SingleLogoutDeps } from "../index.ts";
import { createRefusalRecorder, showUnverified } from "../oidc/record-refusals.ts";
import { ASYMMETRIC } from "../universal-logout/authenticate.ts";
import type { Speaker } from "../universal-logout/find-person.ts";
import { actOn } from "./act.ts";
import { checkSet, type SetError, SetRefused } from "./set.ts";

const PATH = signalEventsPath(":connectionId");
const BODY_LIMIT = "64kb";

/**
 * Takes the security events that an IdP pushes about the people of a connection (RFC 8935; OpenID Shared Signals Framework
 * 1.0 as a receiver). 202 once what it means is done, also where it means nothing here; who sends it, its signature tells.
 */
export function createSignalsRouter(deps: SingleLogoutDeps, signers: Signers): Router {
  const router = Router();
  const orRecord = createRefusalRecorder(deps);
  const body = express.text({ limit: BODY_LIMIT, type: "application/secevent+jwt" });

  router.post(PATH, body, async (req: Request<{ connectionId: string }>, res) => {
    const { speaker, transmitter } = await trusted(deps, req.params.connectionId);
    const set: unknown = req.body;
    if (typeof set !== "string" || set === "") {
      throw new NoSet();
    }
    await orRecord(
      req,
      speaker.connection,
      () => showUnverified(set),
      async () => {
        const now = deps.now();
        const event = checkSet(set, transmitter, now);
        await verified(signers.of(speaker.connection.id, transmitter.jwksUri).verify(set, ASYMMETRIC));
        await actOn(deps, {
          speaker,
          event,
          strict: transmitter.strict ?? false,
          requestId: requestId(req),
          now,
        });
      },
    );
    res.set("cache-control", "no-store").status(202).end();
  });

  router.use(PATH, answerInJson, handleLogoutFailures(deps.log));
  return router;
}

/** Whom a connection's settings name. Throws `LogoutFailure`. */
async function trusted({ database: { sql } }: SingleLogoutDeps, connectionId: string) {
  const saml = await findConnection(sql, "saml", connectionId);
  const oidc = saml === null ? await findConnection(sql, "oidc", connectionId) : null;
  const connection = saml ?? oidc;
  const transmitter = connection?.settings.signals ?? null;
  if (connection === null || transmitter === null) {
    throw new LogoutFailure("connection_unknown");
  }
  if (connection.status !== "active") {
    throw new LogoutFailure("connection_disabled");
  }
  const identityIssuer = saml?.settings.idpEntityId ?? oidc?.settings.issuer ?? "";
  const speaker: Speaker = {
    connection,
    identityIssuer,
    issuerNames: [identityIssuer, transmitter.issuer],
    nameIds: saml !== null,
  };
  return { speaker, transmitter };
}

/** What the signature says against it is the transmitter's key, and nothing else. */
async function verified(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (error instanceof IdpFailure && error.kind !== "unreachable") {
      throw new SetRefused(
        "invalid_key",
        "signature_invalid",
        "the signature",
        "one by the JWKS",
        null,
        error,
      );
    }
    throw error;
  }
}

class NoSet extends Error {}

/** RFC 8935, section 2.3. */
const answerInJson: ErrorRequestHandler = (error: unknown, _req, res, next) => {
  if (res.headersSent) {
    return next(error);
  }
  const answer = (status: number, err: SetError | "access_denied", description: string) =>
    void res.set("cache-control", "no-store").status(status).json({ err, description });
  if (error instanceof NoSet) {
    return answer(400, "invalid_request", "Send one SET, as application/secevent+jwt");
  }
  if (!(error instanceof LogoutFailure)) {
    return next(error);
  }
  const { cause } = error;
  if (cause instanceof SetRefused) {
    return answer(400, cause.error, cause.finding.message);
  }
  if (error.code === "connection_unknown" || error.code === "connection_disabled") {
    return answer(
      error.code === "connection_unknown" ? 404 : 403,
      "access_denied",
      "No events are taken here",
    );
  }
  if (error.retryAfter !== undefined) {
    res.set("retry-after", String(error.retryAfter));
  }
  const unavailable = error.code === "unavailable";
  return answer(
    unavailable ? 503 : 429,
    "access_denied",
    unavailable ? "The keys cannot be had now" : "Too much was refused",
  );
};
