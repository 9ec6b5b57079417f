import { findConnection, type SamlConnection } from "@sallyport/connections";
import type { ConnectionKeys } from "@sallyport/connections/keys";
import { renderSignedOutPage, sendAutoPost, sendOn, sendPage } from "@sallyport/html";
import type { BrowserCookie } from "@sallyport/http";
import { plainForm, refuseHead, requestId } from "@sallyport/http";
import { createFailureLimit, createLevels } from "@sallyport/limits";
import type { Finding } from "@sallyport/login-records";
import { type Request, type Response, Router } from "express";
import { handleLogoutFailures } from "../failure-page.ts";
import { LogoutFailure } from "../failures.ts";
import type { SingleLogoutDeps } from "../index.ts";
import { acceptLogoutResponse } from "./idp-response.ts";
import { acceptLogoutRequest } from "./logout-from-idp.ts";
import { type LogoutMessage, readForm, readQuery, SECOND_POST } from "./logout-message.ts";
import { recordRefusal } from "./record.ts";
import { sendToIdp } from "./send.ts";

const PATH = "/sso/saml/:connectionId/slo";
/** Beyond what the validator accepts, so that it can tell why. */
const FORM_LIMIT = "512kb";
/** Of one network, to one connection: each refusal leaves a record, and anybody can send garbage. */
const REFUSALS = { perSecond: 0.5, burst: 30 };

/** Where an IdP sends its logout requests, and its responses to ours. */
export function createLogoutRouter(
  deps: SingleLogoutDeps,
  cookie: BrowserCookie,
  keys: ConnectionKeys,
): Router {
  const router = Router();
  const form = plainForm(FORM_LIMIT, () => new LogoutFailure("request_malformed"));
  const refusals = createFailureLimit(createLevels(deps), REFUSALS);
  const { sql } = deps.database;

  router.head(PATH, refuseHead("GET, POST"));
  router.get(PATH, (req, res) => handle(req, res, req.params.connectionId, readQuery));
  router.post(PATH, form, (req, res) => handle(req, res, req.params.connectionId, readForm));
  router.all(PATH, (_req, res) => {
    res.set("allow", "GET, POST");
    throw new LogoutFailure("method_not_allowed");
  });
  router.use(PATH, handleLogoutFailures(deps.log));
  return router;

  async function handle(
    req: Request,
    res: Response,
    connectionId: string,
    read: (req: Request) => LogoutMessage,
  ): Promise<void> {
    const message = read(req);
    const connection = await findConnection(sql, "saml", connectionId);
    if (connection === null) {
      throw new LogoutFailure("connection_unknown");
    }
    if (connection.status !== "active") {
      throw new LogoutFailure("connection_disabled");
    }
    try {
      if (message.kind === "request") {
        await acceptRequest(req, res, connection, message);
      } else {
        await acceptResponse(req, res, connection, message);
      }
    } catch (error) {
      if (!(error instanceof LogoutFailure)) {
        throw error;
      }
      const wait = refusals.count(req.ip, connection.id);
      if (wait !== null) {
        throw new LogoutFailure("too_many_refused", { retryAfter: wait });
      }
      await record(req, connection, message, error.finding);
      throw error;
    }
  }

  async function record(req: Request, connection: SamlConnection, message: LogoutMessage, finding: Finding) {
    const { now } = deps;
    await recordRefusal(sql, { connection, message, finding, requestId: requestId(req), now });
  }

  /** The IdP wants somebody signed out. */
  async function acceptRequest(
    req: Request,
    res: Response,
    connection: SamlConnection,
    message: LogoutMessage,
  ) {
    const answer = await acceptLogoutRequest(deps, connection, message.transport, requestId(req));
    if (answer === null) {
      return sendPage(res, 200, renderSignedOutPage());
    }
    const { signing } = await keys.ensure(connection);
    sendToIdp(res, connection.settings.sloBinding ?? "redirect", answer, signing);
  }

  /** The IdP responds to a sign-out that began here. */
  async function acceptResponse(
    req: Request,
    res: Response,
    connection: SamlConnection,
    message: LogoutMessage,
  ) {
    const browser = cookie.read(req);
    const { transport, relayState = "" } = message;
    // Over plain http our cookie is SameSite=Lax and stays away from a post that another site started, and some browsers
    // hold back every cookie there. A post from our own page carries it.
    if (browser === null && message.mayLackCookie && transport.binding === "post") {
      const fields = { SAMLResponse: transport.value, RelayState: relayState, [SECOND_POST]: "1" };
      return sendAutoPost(res, req.originalUrl, fields, "sign-out");
    }
    const { target, finding } = await acceptLogoutResponse(
      deps,
      connection,
      message,
      browser,
      requestId(req),
    );
    if (finding !== null) {
      await record(req, connection, message, finding);
    }
    if (target === null) {
      return sendPage(res, 200, renderSignedOutPage());
    }
    sendOn(res, target);
  }
}
