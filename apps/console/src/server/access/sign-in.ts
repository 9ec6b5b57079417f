import { createConsoleSession, findConsoleRole } from "@sallyport/console-access";
import type { Database } from "@sallyport/database";
import { defined } from "@sallyport/defined";
import { renderErrorPage, sendOn, sendPage } from "@sallyport/html";
import { createBrowserCookie, requestId } from "@sallyport/http";
import type { Logger } from "@sallyport/logging";
import type { SecretBox } from "@sallyport/secrets";
import type { LiveSession } from "@sallyport/sessions";
import { type Request, type Response, Router } from "express";
import { createConsoleCookie } from "./cookie.ts";
import { endVisit } from "./end-visit.ts";
import { consolePath } from "./return-path.ts";
import { createSignInStates } from "./sign-in-state.ts";

const CALLBACK = "/console/callback";

/** The console, as the OpenID Provider knows it. */
export function consoleApplication(publicUrl: string) {
  return {
    id: "00000000-0000-7000-8000-00000000c050",
    clientId: "sallyport-console",
    name: "Sallyport console",
    redirectUris: [publicUrl + CALLBACK],
  };
}

export interface SignInDeps {
  readonly database: Database;
  readonly log: Logger;
  readonly secrets: SecretBox;
  readonly now: () => Date;
  readonly publicUrl: string;
  /** SHA-256 of the root key: a session of it may be replaced. */
  readonly rootKeyDigest: Uint8Array;
  /** Redeems a code of the gateway's own OpenID Provider. */
  readonly redeemCode: (
    code: string,
    expected: {
      readonly clientId: string;
      readonly redirectUri: string;
      readonly codeVerifier: string;
      readonly nonce: string;
    },
  ) => Promise<
    { readonly session: LiveSession; readonly grant: { readonly reference: string } } | "spent" | "ended"
  >;
}

const REFUSALS = {
  sign_in_unknown: {
    status: 400,
    title: "This sign-in cannot be completed",
    message: "It was not begun in this browser, was used already, or took too long.",
    advice: "Sign in to the console again.",
  },
  sign_in_failed: {
    status: 400,
    title: "The sign-in came to nothing",
    message: "Your organization's sign-in ended before anybody was signed in.",
    advice: "Sign in to the console again.",
  },
  console_role_missing: {
    status: 403,
    title: "You have no access to the console",
    message: "You are signed in, but nobody has given you a role in the console.",
    advice: "Ask an administrator of your organization for one, or sign in as somebody else.",
  },
} as const;

/** `/console/sign-in` and `/console/callback`: the console as an OpenID Connect client of this very gateway. */
export function signInRoutes(deps: SignInDeps): Router {
  const { database, now, publicUrl } = deps;
  const application = consoleApplication(publicUrl);
  const redirectUri = publicUrl + CALLBACK;
  const browser = createBrowserCookie(publicUrl);
  const cookie = createConsoleCookie(publicUrl);
  const states = createSignInStates(deps.secrets, now);

  const refuse = (req: Request, res: Response, code: keyof typeof REFUSALS) =>
    sendPage(
      res,
      REFUSALS[code].status,
      renderErrorPage({
        code,
        ...REFUSALS[code],
        requestId: requestId(req),
        retryUrl: `/console/sign-in${code === "console_role_missing" ? "?prompt=select_account" : ""}`,
      }),
    );

  const router = Router();
  router.get("/sign-in", (req, res) => {
    const { prompt } = req.query;
    const { state, nonce, codeChallenge } = states.begin({
      browser: browser.ensure(req, res),
      returnTo: consolePath(req.query.return_to, publicUrl),
    });
    const query = new URLSearchParams({
      client_id: application.clientId,
      response_type: "code",
      redirect_uri: redirectUri,
      scope: "openid profile email",
      state,
      nonce,
      code_challenge: codeChallenge,
      code_challenge_method: "S256",
      ...choicesOf(req),
      ...(prompt === "select_account" ? { prompt } : {}),
    });
    sendOn(res, `${publicUrl}/oauth2/authorize?${query}`);
  });

  router.get("/callback", async (req, res) => {
    const { state, code, error } = req.query;
    const begun = states.open(state, browser.read(req));
    if (begun === null) {
      return refuse(req, res, "sign_in_unknown");
    }
    if (typeof error === "string" || typeof code !== "string") {
      return refuse(req, res, "sign_in_failed");
    }
    const { codeVerifier, nonce, returnTo } = begun;
    const redeemed = await deps.redeemCode(code, {
      ...{ clientId: application.clientId, redirectUri, codeVerifier, nonce },
    });
    if (redeemed === "spent" || redeemed === "ended") {
      return refuse(req, res, "sign_in_unknown");
    }
    const { session, grant } = redeemed;
    const given = await findConsoleRole(database.sql, session);
    if (given === null) {
      return refuse(req, res, "console_role_missing");
    }
    const origin = { now: now(), requestId: requestId(req), ...defined({ ip: req.ip }) };
    const by = { session, role: given.role, grantReference: grant.reference };
    const { token, expiresAt } = await database.transaction(async (sql) => {
      await endVisit(sql, cookie.read(req), "replaced", { ...origin, rootKeyDigest: deps.rootKeyDigest });
      return createConsoleSession(sql, by, origin);
    });
    cookie.set(res, token, expiresAt);
    sendOn(res, publicUrl + returnTo);
  });
  return router;
}

/** What may say which organization is to sign in, as the authorization endpoint takes it. */
function choicesOf({ query }: Request): Record<string, string> {
  const given = (["organization", "login_hint"] as const).map((name) => [name, query[name]]);
  return Object.fromEntries(given.filter(([, value]) => typeof value === "string" && value !== ""));
}
