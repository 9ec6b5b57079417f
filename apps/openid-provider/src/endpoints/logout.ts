import { createHmac, timingSafeEqual } from "node:crypto";
import { renderSignedOutPage, sendOn, sendPage } from "@sallyport/html";
import type { UpstreamLogout } from "@sallyport/interactions";
import { OAuthError } from "@sallyport/oauth";
import type { SigningKeys } from "@sallyport/signing-keys";
import type { Request, RequestHandler, Response } from "express";
import { z } from "zod";
import type { Application, Applications } from "../applications.ts";
import { renderConfirmLogoutPage } from "./confirm-logout-page.ts";
import { type Form, parametersOf } from "./form.ts";

/** The sign-in that a browser holds by its cookie. */
export interface BrowserSession {
  /** The cookie's secret. */
  readonly id: string;
  readonly sessionId: string;
}

export interface LogoutDeps {
  readonly applications: Applications;
  readonly keys: SigningKeys;
  readonly issuer: string;
  /** For the confirmation's form token. */
  readonly formKey: string;
  readonly browserSession: (req: Request, res: Response) => Promise<BrowserSession | null>;
  /** Takes the browser's cookie away, and what it stood for. */
  readonly forgetBrowser: (req: Request, res: Response, session: BrowserSession) => Promise<void>;
  /** Ends our session, and so everything that rests on it. False when it had ended already. */
  readonly endSession: (req: Request, sessionId: string) => Promise<boolean>;
  readonly upstream: UpstreamLogout;
}

const idTokenHint = z.object({ aud: z.string(), sid: z.string() });

/**
 * RP-initiated logout (OpenID Connect RP-Initiated Logout 1.0). An `id_token_hint` shows which session is meant and
 * that one of our applications asks; without one, the person is asked first (section 2). Once the session has ended
 * here, the browser goes on to the IdP if that one is to be notified, and comes back.
 */
export function logout(deps: LogoutDeps): RequestHandler {
  return async (req, res) => {
    const form = parametersOf(req.method === "POST" ? req.body : req.query);
    const hint = await readHint(form, deps);
    const application = await readApplication(form, hint?.aud, deps.applications);
    const target = readTarget(form, application);
    const browser = await deps.browserSession(req, res);

    if (hint === null && browser !== null && !isConfirmed(req, form, browser, deps.formKey)) {
      return askFirst(res, form, application, formToken(browser, deps.formKey));
    }
    const sessionId = hint?.sid ?? browser?.sessionId;
    if (sessionId !== undefined) {
      const ended = await deps.endSession(req, sessionId);
      if (browser?.sessionId === sessionId) {
        await deps.forgetBrowser(req, res, browser);
      }
      // A browser that has signed in anew since keeps that sign-in, and so its IdP's.
      const elsewhere = browser !== null && browser.sessionId !== sessionId;
      if (ended && !elsewhere && (await deps.upstream.redirectToIdp(req, res, { sessionId, target }))) {
        return;
      }
    }
    if (target === null) {
      sendPage(res, 200, renderSignedOutPage());
    } else {
      sendOn(res, target);
    }
  };
}

async function readHint(form: Form, { keys, issuer }: LogoutDeps) {
  const value = form.get("id_token_hint");
  if (value === undefined) {
    return null;
  }
  const payload = await keys.verify(value, { typ: "JWT", issuer, acceptExpired: true });
  const hint = idTokenHint.safeParse(payload).data;
  if (hint === undefined) {
    throw new OAuthError("invalid_request", "id_token_hint is not an ID token of this gateway");
  }
  return hint;
}

async function readApplication(
  form: Form,
  audience: string | undefined,
  applications: Applications,
): Promise<Application | null> {
  const named = form.get("client_id");
  if (named !== undefined && audience !== undefined && named !== audience) {
    throw new OAuthError("invalid_request", "client_id is not the one that id_token_hint was issued to");
  }
  const clientId = audience ?? named;
  if (clientId === undefined) {
    return null;
  }
  const application = await applications.find(clientId);
  if (application === null) {
    throw new OAuthError("invalid_request", "client_id is not known");
  }
  return application;
}

/** Where the browser is to go in the end: registered addresses only. */
function readTarget(form: Form, application: Application | null): string | null {
  const uri = form.get("post_logout_redirect_uri");
  if (uri === undefined) {
    return null;
  }
  if (application === null) {
    throw new OAuthError("invalid_request", "post_logout_redirect_uri needs a client_id or an id_token_hint");
  }
  if (!application.postLogoutRedirectUris.includes(uri)) {
    throw new OAuthError("invalid_request", "post_logout_redirect_uri is not registered for the application");
  }
  const target = new URL(uri);
  const state = form.get("state");
  if (state !== undefined) {
    target.searchParams.append("state", state);
  }
  return target.href;
}

function askFirst(res: Response, form: Form, application: Application | null, token: string): void {
  const kept = ["client_id", "post_logout_redirect_uri", "state"].flatMap((name) => {
    const value = form.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const fields = { ...Object.fromEntries(kept), confirmation: token };
  sendPage(res, 200, renderConfirmLogoutPage({ fields, application: application?.name }));
}

// The cookie is SameSite=Lax, so that another site's form comes without it; this holds in older browsers, too.
function isConfirmed(req: Request, form: Form, browser: BrowserSession, key: string): boolean {
  const given = Buffer.from(form.get("confirmation") ?? "");
  const expected = Buffer.from(formToken(browser, key));
  return req.method === "POST" && given.length === expected.length && timingSafeEqual(given, expected);
}

function formToken(browser: BrowserSession, key: string): string {
  return createHmac("sha256", key).update(`logout ${browser.id}`).digest("base64url");
}
