import { readLogo, readOperatorBrand } from "@sallyport/branding";
import { sendOn, sendPage } from "@sallyport/html";
import { refuseHead, requestId } from "@sallyport/http";
import type { InteractionKey, SignInRequest, WaitingSession } from "@sallyport/interactions";
import express, { type Request, type Response, Router } from "express";
import { z } from "zod";
import type { SignInContext } from "../core/context.ts";
import {
  isSignInFailureCode,
  SignInFailure,
  type SignInFailureCode,
  signInFailureEntry,
} from "../core/failures.ts";
import { startLogin } from "../core/login.ts";
import { type Answers, type Selection, selectConnection } from "../core/select-connection.ts";
import { renderChooserPage } from "./chooser-page.ts";
import { csrfToken, isCsrfToken } from "./form-token.ts";
import { renderWorkEmailPage } from "./work-email-page.ts";

const form = z.object({
  csrf: z.string().max(200),
  email: z.string().trim().max(320).optional(),
  connection: z.string().max(64).optional(),
  abort: z.string().max(64).optional(),
});

/** Where a login begins that has to ask first, for the work email or which connection: /sign-in/{interactionId}. */
export function createSignInRouter(context: SignInContext): Router {
  const { cookie, interactions, waitingSessions, database } = context;
  const router = Router();
  const body = express.urlencoded({ extended: false, limit: "16kb", parameterLimit: 10 });

  router.head("/sign-in/:interactionId", refuseHead("GET, POST"));
  router.get("/sign-in/:interactionId", async (req, res) => {
    const browser = cookie.read(req);
    if (browser === null) {
      throw new SignInFailure("browser_unknown");
    }
    const request = await load({ id: req.params.interactionId, browser });
    cookie.ensure(req, res); // for longer
    await proceed(req, res, request, browser, {});
  });

  router.post("/sign-in/:interactionId", body, async (req, res) => {
    const parsed = form.safeParse(req.body);
    if (!parsed.success) {
      throw new SignInFailure("request_malformed");
    }
    const { csrf, abort, ...answers } = parsed.data;
    const { interactionId: id } = req.params;
    const browser = cookie.read(req);
    if (browser === null || !isCsrfToken(csrf, browser, id)) {
      throw new SignInFailure("form_stale");
    }
    const key = { id, browser };
    const request = await load(key);
    if (abort !== undefined) {
      sendOn(res, await interactions.abort(key, oauthError(abort)));
      return;
    }
    await proceed(req, res, request, browser, answers);
  });

  router.all("/sign-in/:interactionId", (_req, res) => {
    res.set("allow", "GET, POST");
    throw new SignInFailure("method_not_allowed");
  });

  async function load(key: InteractionKey): Promise<SignInRequest> {
    const request = await interactions.load(key);
    if (request === null) {
      throw new SignInFailure("interaction_unknown");
    }
    return request;
  }

  /** Sends the browser to the IdP, or asks what is missing. */
  async function proceed(
    req: Request,
    res: Response,
    request: SignInRequest,
    browser: string,
    answers: Answers,
  ): Promise<void> {
    try {
      await selectAndStart(req, res, request, browser, answers);
    } catch (error) {
      throw error instanceof SignInFailure ? error.of({ interactionId: request.id }) : error;
    }
  }

  async function selectAndStart(
    req: Request,
    res: Response,
    request: SignInRequest,
    browser: string,
    answers: Answers,
  ): Promise<void> {
    const selection = await selectConnection(database.sql, request, answers);
    const waiting = await waitingSessions.take(req, res, request.application.id);
    if (waiting !== null && fits(waiting, request, selection)) {
      const key = { id: request.id, browser };
      return interactions.resume(req, res, key, { sessionId: waiting.sessionId });
    }
    const page = {
      action: `/sign-in/${encodeURIComponent(request.id)}`,
      csrf: csrfToken(browser, request.id),
      application: request.application.name,
    };
    if (selection.next === "ask") {
      const { email, problem } = selection;
      const status = problem === undefined ? 200 : 422;
      const operator = await readOperatorBrand(database.sql);
      const form = { ...page, email, problem, operator, requestId: requestId(req) };
      sendPage(res, status, renderWorkEmailPage(form), { pictures: true });
      return;
    }
    if (selection.next === "choose") {
      const { organization, connections } = selection.candidates;
      const active = connections.filter((connection) => connection.status === "active");
      const logo = await readLogo(database.sql, organization.id);
      const choice = { organization: organization.name, logo, connections: active, email: selection.email };
      sendPage(res, 200, renderChooserPage({ ...page, ...choice }), { pictures: true });
      return;
    }
    const { connection, loginHint } = selection;
    await startLogin(context, req, res, {
      connection,
      cause: { kind: "request", request },
      loginHint,
      browser,
    });
  }
  return router;
}

/** Whether a session that waits is one that this request would lead to, with no more said than was. */
function fits(waiting: WaitingSession, request: SignInRequest, selection: Selection): boolean {
  if (request.forceLogin || request.selectAccount || request.acrValues.length > 0) {
    return false;
  }
  if (selection.next === "ask") {
    return true;
  }
  const possible = selection.next === "start" ? [selection.connection] : selection.candidates.connections;
  return possible.some((connection) => connection.id === waiting.connectionId);
}

/** The error for the application: chosen from our own table, whatever the form says. */
function oauthError(abort: string) {
  const code: SignInFailureCode = isSignInFailureCode(abort) ? abort : "interaction_unknown";
  const { oauthError: error, message } = signInFailureEntry(code);
  return { code: error ?? "access_denied", description: message } as const;
}
