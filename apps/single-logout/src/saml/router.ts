import type { ConnectionKeys } from "@sallyport/connection-keys";
import { findConnection, type SamlConnection } from "@sallyport/connections";
import { renderSignedOutPage, sendAutoPost, sendOn, sendPage } from "@sallyport/html";
import type { BrowserCookie } from "@sallyport/http";
import { hasEncodedNames, requestId } from "@sallyport/http";
import { createFailureLimit, createLevels } from "@sallyport/limits";
import type { Finding } from "@sallyport/login-records";
import express, { type Request, type Response, Router } from "express";
import type { SingleLogoutDeps } from "../index.ts";
import { type Arrival, readForm, readQuery, SECOND_POST } from "./arrival.ts";
import { handleLogoutFailures } from "./failure-page.ts";
import { LogoutFailure } from "./failures.ts";
import { acceptLogoutRequest } from "./idp-request.ts";
import { acceptLogoutResponse } from "./idp-response.ts";
import { recordRefusal } from "./record.ts";
import { sendToIdp } from "./send.ts";

const PATH = "/sso/saml/:connectionId/slo";
/** Beyond what the validator accepts, so that it can tell why. */
const FORM_LIMIT = "512kb";
/** Of one network, to one connection: each refusal leaves a record, and anybody can send garbage. */
const REFUSALS = { perSecond: 0.5, burst: 30 };

/** Where an IdP sends its logout requests, and its answers to ours. */
export function createLogoutRouter(
  deps: SingleLogoutDeps,
  cookie: BrowserCookie,
  keys: ConnectionKeys,
): Router {
  const router = Router();
  const form = express.urlencoded({
    extended: false,
    limit: FORM_LIMIT,
    parameterLimit: 20,
    verify: (_req, _res, body) => {
      if (hasEncodedNames(body)) {
        throw new LogoutFailure("request_malformed");
      }
    },
  });
  const refusals = createFailureLimit(createLevels(deps), REFUSALS);
  const { sql } = deps.database;

  router.get(PATH, (req, res) => take(req, res, req.params.connectionId, readQuery));
  router.post(PATH, form, (req, res) => take(req, res, req.params.connectionId, readForm));
  router.all(PATH, (_req, res) => {
    res.set("allow", "GET, HEAD, POST");
    throw new LogoutFailure("method_not_allowed");
  });
  router.use(PATH, handleLogoutFailures(deps.log));
  return router;

  async function take(
    req: Request,
    res: Response,
    connectionId: string,
    read: (req: Request) => Arrival,
  ): Promise<void> {
    const arrival = read(req);
    const connection = await findConnection(sql, "saml", connectionId);
    if (connection === null) {
      throw new LogoutFailure("connection_unknown");
    }
    if (connection.status !== "active") {
      throw new LogoutFailure("connection_disabled");
    }
    try {
      if (arrival.kind === "request") {
        await obey(req, res, connection, arrival);
      } else {
        await finish(req, res, connection, arrival);
      }
    } catch (error) {
      if (!(error instanceof LogoutFailure)) {
        throw error;
      }
      const wait = refusals.count(req.ip, connection.id);
      if (wait !== null) {
        throw new LogoutFailure("too_many_refused", { retryAfter: wait });
      }
      await record(req, connection, arrival, error.finding);
      throw error;
    }
  }

  async function record(req: Request, connection: SamlConnection, arrival: Arrival, finding: Finding) {
    const { now } = deps;
    await recordRefusal(sql, { connection, arrival, finding, requestId: requestId(req), now });
  }

  /** The IdP wants somebody signed out. */
  async function obey(req: Request, res: Response, connection: SamlConnection, arrival: Arrival) {
    const answer = await acceptLogoutRequest(deps, connection, arrival.transport, requestId(req));
    if (answer === null) {
      return sendPage(res, 200, renderSignedOutPage());
    }
    const { signing } = await keys.ensure(connection);
    sendToIdp(res, connection.settings.sloBinding ?? "redirect", answer, signing);
  }

  /** The IdP answers a sign-out that began here. */
  async function finish(req: Request, res: Response, connection: SamlConnection, arrival: Arrival) {
    const browser = cookie.read(req);
    const { transport, relayState = "" } = arrival;
    // Over plain http our cookie is SameSite=Lax and stays away from a post that another site started, and some browsers
    // hold back every cookie there. A post from our own page carries it.
    if (browser === null && arrival.mayLackCookie && transport.binding === "post") {
      const fields = { SAMLResponse: transport.value, RelayState: relayState, [SECOND_POST]: "1" };
      return sendAutoPost(res, req.originalUrl, fields, "sign-out");
    }
    const { target, finding } = await acceptLogoutResponse(
      deps,
      connection,
      arrival,
      browser,
      requestId(req),
    );
    if (finding !== null) {
      await record(req, connection, arrival, finding);
    }
    if (target === null) {
      return sendPage(res, 200, renderSignedOutPage());
    }
    sendOn(res, target);
  }
}
