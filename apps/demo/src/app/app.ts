import { randomBytes } from "node:crypto";
import type { RequestListener } from "node:http";
import { html, pageHeaders, renderPage } from "@sallyport/html";
import type { Logger } from "@sallyport/logging";
import express, { type Request, type Response } from "express";
import { ACME, BRAVO } from "../companies.ts";
import { connectManagement } from "../management.ts";
import type { DemoState } from "../state.ts";
import { logoutTokenVerifier } from "./backchannel-logout.ts";
import { openGateway } from "./gateway-client.ts";
import { readIdpMessage } from "./idp-message.ts";
import { PAGE_SCRIPT, PAGE_STYLE, sessionPage, signedOutPage, welcomePage } from "./pages.ts";
import { AppSessions } from "./sessions.ts";

export interface DemoAppDeps {
  readonly url: string;
  /** Of an IdP whose people may start there. */
  readonly portalUrl: string;
  /** Where Acme's IdP admin sets sign-in up. */
  readonly setupUrl: string;
  readonly state: DemoState;
  readonly log: Logger;
}

const COOKIE = "demo_app";

/** An internal app as any team would write it: it knows OpenID Connect and the gateway, and never hears of SAML. */
export async function createDemoApp({
  url,
  portalUrl,
  setupUrl,
  state,
  log,
}: DemoAppDeps): Promise<RequestListener> {
  const gateway = await openGateway({ url, state });
  const management = connectManagement(state.gatewayUrl, state.rootKey);
  const verifyLogoutToken = logoutTokenVerifier(gateway.configuration);
  const sessions = new AppSessions();

  const app = express();
  app.disable("x-powered-by");

  app.get("/", (req, res) => {
    const session = sessions.find(cookieOf(req));
    if (session === undefined) {
      return sendPage(
        res,
        welcomePage([ACME, BRAVO], { portalUrl, setupUrl, consoleUrl: `${state.gatewayUrl}/console` }),
      );
    }
    sendPage(
      res,
      session.endedAt === undefined ? sessionPage(session) : signedOutPage(session, [ACME, BRAVO]),
    );
  });

  app.get("/login", async (req, res) => {
    const { organization, login_hint: hint } = req.query;
    const { location, pending } = await gateway.startLogin({
      ...(typeof organization === "string" ? { organization } : {}),
      ...(typeof hint === "string" ? { login_hint: hint } : {}),
    });
    setCookie(res, sessions.await(pending));
    res.redirect(303, location);
  });

  // OpenID Connect Core 4: somebody is sent here to sign in, by the gateway and nobody else.
  app.get("/initiate-login", async (req, res) => {
    const { iss, organization } = req.query;
    if (iss !== gateway.issuer) {
      return sendFailure(res, "Only the gateway may send you here.");
    }
    const { location, pending } = await gateway.startLogin(
      typeof organization === "string" ? { organization } : {},
    );
    setCookie(res, sessions.await(pending));
    res.redirect(303, location);
  });

  app.get("/callback", async (req, res) => {
    const pending = sessions.takePending(cookieOf(req));
    if (pending === undefined) {
      return sendFailure(res, "This sign-in was not started here, or was finished before.");
    }
    const outcome = await gateway.finishLogin(new URL(req.originalUrl, url), pending);
    if (!outcome.ok) {
      return sendFailure(res, outcome.message);
    }
    const idpMessage = await readIdpMessage(management, outcome.identity);
    setCookie(res, sessions.start({ ...outcome, idpMessage }));
    res.redirect(303, "/");
  });

  app.post("/logout", (req, res) => {
    const session = sessions.end(cookieOf(req));
    res.redirect(303, session === undefined ? "/" : gateway.logoutUrl(session.idToken));
  });

  // OpenID Connect Back-Channel Logout 1.0: the gateway tells that a session ended.
  app.post(
    "/backchannel-logout",
    express.urlencoded({ extended: false, limit: "20kb" }),
    async (req, res) => {
      const sid = await verifyLogoutToken(req.body?.logout_token);
      if (sid === null) {
        return void res.status(400).json({ error: "invalid_request" });
      }
      sessions.endBySid(sid, new Date());
      res.set("cache-control", "no-store").status(200).end();
    },
  );

  // The page listens here, so that it shows the end of its session at once.
  app.get("/events", (req, res) => {
    const unsubscribe = sessions.onEnd(cookieOf(req), () => res.write("event: ended\ndata: {}\n\n"));
    res.set({ "content-type": "text/event-stream", "cache-control": "no-store" }).flushHeaders();
    req.on("close", unsubscribe);
  });

  app.use((error: unknown, _req: Request, res: Response, next: express.NextFunction) => {
    log.error({ err: error }, "demo app");
    if (res.headersSent) {
      return next(error);
    }
    sendFailure(res, "The demo app met an unexpected error. The gateway's log says which.", 500);
  });
  return app;
}

function sendPage(res: Response, page: { title: string; body: ReturnType<typeof html> }): void {
  const nonce = randomBytes(16).toString("base64");
  res
    // Forms lead to the gateway and back through redirects.
    .set(pageHeaders({ nonce, formTargets: ["http:", "https:"] }))
    .send(renderPage({ ...page, style: PAGE_STYLE, script: { nonce, source: PAGE_SCRIPT } }));
}

function sendFailure(res: Response, message: string, status = 400): void {
  res.status(status);
  sendPage(res, {
    title: "Not signed in",
    body: html`<main><div class="card"><h1>You are not signed in</h1><p>${message}</p><a class="button" href="/">Start again</a></div></main>`,
  });
}

function setCookie(res: Response, value: string): void {
  res.cookie(COOKIE, value, { httpOnly: true, sameSite: "lax", path: "/" });
}

function cookieOf(req: Request): string | undefined {
  const pairs = (req.headers.cookie ?? "").split(/; */).map((pair) => pair.split("="));
  return pairs.find(([name]) => name === COOKIE)?.[1];
}
