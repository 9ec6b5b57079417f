import { signalEventsPath } from "@sallyport/connections";
import { requestId } from "@sallyport/http";
import {
  createSignalReceiver,
  findSource,
  type SetError,
  SetRefused,
  type SignalSource,
} from "@sallyport/idp-signals";
import { bearerToken } from "@sallyport/oauth";
import { matchesDigest } from "@sallyport/secrets";
import express, { type ErrorRequestHandler, type Request, Router } from "express";
import { handleLogoutFailures } from "../failure-page.ts";
import { LogoutFailure } from "../failures.ts";
import type { SingleLogoutDeps } from "../index.ts";
import { createRefusalRecorder, showUnverified } from "../oidc/record-refusals.ts";

const PATH = signalEventsPath(":connectionId");
const BODY_LIMIT = "64kb";

/**
 * Takes the security events that an IdP pushes about the people of a connection (RFC 8935; OpenID Shared Signals Framework
 * 1.0 as a receiver). 202 once what it means is done, also where it means nothing here; who sends it, its signature tells.
 */
export function createSignalsRouter(deps: SingleLogoutDeps): Router {
  const router = Router();
  const orRecord = createRefusalRecorder(deps);
  // Keys of its own: whoever sends garbage here must not use up the looks of others.
  const receiver = createSignalReceiver(deps);
  const body = express.text({ limit: BODY_LIMIT, type: "application/secevent+jwt" });

  router.post(PATH, body, async (req: Request<{ connectionId: string }>, res) => {
    const source = await trusted(deps, req.params.connectionId);
    const set: unknown = req.body;
    if (typeof set !== "string" || set === "") {
      throw new NoSet();
    }
    await orRecord(
      req,
      source.speaker.connection,
      () => showUnverified(set),
      async () => {
        requirePushToken(req, source);
        await receiver.receive(source, set, requestId(req));
      },
    );
    res.set("cache-control", "no-store").status(202).end();
  });

  router.use(PATH, answerInJson, handleLogoutFailures(deps.log));
  return router;
}

/** Whom a connection's settings name, where that pushes. Throws `LogoutFailure`. */
async function trusted({ database: { sql } }: SingleLogoutDeps, connectionId: string): Promise<SignalSource> {
  const source = await findSource(sql, connectionId);
  if (source === null) {
    throw new LogoutFailure("connection_unknown");
  }
  if (!source.active || source.stream?.polled === true) {
    throw new LogoutFailure("connection_disabled");
  }
  return source;
}

/** Of a stream that the gateway made, pushes bear what it gave out for them. */
function requirePushToken(req: Request, { stream }: SignalSource): void {
  const digest = stream?.pushDigest ?? null;
  if (digest !== null && !matchesDigest(bearerToken(req.get("authorization")) ?? "", digest)) {
    throw new SetRefused(
      "authentication_failed",
      "push_token_wrong",
      "Authorization",
      "as the stream has it",
      null,
    );
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
