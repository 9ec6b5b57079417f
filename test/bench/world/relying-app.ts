import { createHash, randomBytes } from "node:crypto";
import { type Browser, expectStatus, followWithin, type Http, type Page } from "@sallyport/testing-browser";
import { z } from "zod";
import type { Application } from "./management.ts";

/** Where an OpenID Provider is asked what. */
export interface OpEndpoints {
  readonly url: string;
  readonly authorize: string;
  readonly token: string;
  readonly userinfo: string;
}

export const gatewayOp = (url: string): OpEndpoints => ({
  url,
  authorize: "/oauth2/authorize",
  token: "/oauth2/token",
  userinfo: "/oauth2/userinfo",
});

/** An application that signs people in through the gateway, or a peer of it. */
export interface RelyingApp {
  /** Sends a browser to sign in; the page that leads on to the IdP. */
  start(browser: Browser, loginHint: string): Promise<SignIn>;
  /** Goes on from the page that leads back to here; resolves to the code. */
  receive(browser: Browser, signIn: SignIn, page: Page): Promise<string>;
  /** The same, then the code for tokens. Resolves to the access token. */
  redeem(browser: Browser, signIn: SignIn, page: Page): Promise<string>;
  /** The same, then the code for tokens, the access token for userinfo. Resolves to the email. */
  finish(browser: Browser, signIn: SignIn, page: Page): Promise<string>;
}

export interface SignIn {
  readonly page: Page & { readonly location: string };
  readonly state: string;
  readonly verifier: string;
}

export const CALLBACK = "https://app.bench.test/callback";

const tokens = z.object({ access_token: z.string(), id_token: z.string() });
const userinfo = z.object({ email: z.string() });

export function createRelyingApp(
  http: Http,
  op: OpEndpoints,
  application: Application,
  /** Sent with each authorization request. */
  parameters: Readonly<Record<string, string>>,
): RelyingApp {
  const credentials = Buffer.from(`${application.clientId}:${application.clientSecret}`).toString("base64");

  const tokensFor = async (code: string, verifier: string) => {
    const answer = await http.send(`${op.url}${op.token}`, {
      method: "POST",
      headers: {
        authorization: `Basic ${credentials}`,
        "content-type": "application/x-www-form-urlencoded",
      },
      body: new URLSearchParams({
        grant_type: "authorization_code",
        code,
        redirect_uri: CALLBACK,
        code_verifier: verifier,
      }).toString(),
    });
    return tokens.parse(JSON.parse(expectStatus(answer, 200, op.token)));
  };

  const receive: RelyingApp["receive"] = async (browser, { state }, page) => {
    const { location } = await followWithin(browser, page, op.url);
    const { searchParams } = new URL(location);
    const code = searchParams.get("code");
    if (!location.startsWith(CALLBACK) || code === null || searchParams.get("state") !== state) {
      throw new Error(`the sign-in ended at ${location}`);
    }
    return code;
  };

  const redeem: RelyingApp["redeem"] = async (browser, signIn, page) => {
    const code = await receive(browser, signIn, page);
    return (await tokensFor(code, signIn.verifier)).access_token;
  };

  return {
    receive,
    async start(browser, loginHint) {
      const verifier = randomBytes(32).toString("base64url");
      const state = randomBytes(16).toString("base64url");
      const query = new URLSearchParams({
        client_id: application.clientId,
        redirect_uri: CALLBACK,
        response_type: "code",
        scope: "openid email profile",
        ...parameters,
        login_hint: loginHint,
        state,
        nonce: randomBytes(16).toString("base64url"),
        code_challenge: createHash("sha256").update(verifier).digest("base64url"),
        code_challenge_method: "S256",
      });
      const first = await browser.get(`${op.url}${op.authorize}?${query}`);
      return { page: await followWithin(browser, first, op.url), state, verifier };
    },
    redeem,
    async finish(browser, signIn, page) {
      const access_token = await redeem(browser, signIn, page);
      const answer = await http.send(`${op.url}${op.userinfo}`, {
        method: "GET",
        headers: { authorization: `Bearer ${access_token}` },
      });
      return userinfo.parse(JSON.parse(expectStatus(answer, 200, op.userinfo))).email;
    },
  };
}
