import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import { type Browser, followWithin, type Page } from "./browser.ts";
import { expectStatus, type Http } from "./http.ts";
import type { Application } from "./management.ts";

/** An application that signs people in through the gateway. */
export interface RelyingApp {
  /** Sends a browser to sign in; the page that leads on to the IdP. */
  start(browser: Browser, organization: string, loginHint: string): Promise<SignIn>;
  /** From the page that leads back to here: the code for tokens, the access token for userinfo. Resolves to the email. */
  finish(browser: Browser, signIn: SignIn, page: Page): Promise<string>;
}

export interface SignIn {
  readonly page: Page & { readonly location: string };
  readonly state: string;
  readonly verifier: string;
}

export const CALLBACK = "https://app.bench.test/callback";

const tokens = z.object({ access_token: z.string(), id_token: z.string() });
const userinfo = z.object({ email: z.string(), org_slug: z.string() });

export function createRelyingApp(http: Http, gatewayUrl: string, application: Application): RelyingApp {
  const credentials = Buffer.from(`${application.clientId}:${application.clientSecret}`).toString("base64");

  const redeem = async (code: string, verifier: string) => {
    const answer = await http.send(`${gatewayUrl}/oauth2/token`, {
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
    return tokens.parse(JSON.parse(expectStatus(answer, 200, "/oauth2/token")));
  };

  return {
    async start(browser, organization, loginHint) {
      const verifier = randomBytes(32).toString("base64url");
      const state = randomBytes(16).toString("base64url");
      const query = new URLSearchParams({
        client_id: application.clientId,
        redirect_uri: CALLBACK,
        response_type: "code",
        scope: "openid email profile",
        organization,
        login_hint: loginHint,
        state,
        nonce: randomBytes(16).toString("base64url"),
        code_challenge: createHash("sha256").update(verifier).digest("base64url"),
        code_challenge_method: "S256",
      });
      const first = await browser.get(`${gatewayUrl}/oauth2/authorize?${query}`);
      return { page: await followWithin(browser, first, gatewayUrl), state, verifier };
    },
    async finish(browser, { state, verifier }, page) {
      const { location } = await followWithin(browser, page, gatewayUrl);
      const { searchParams } = new URL(location);
      const code = searchParams.get("code");
      if (!location.startsWith(CALLBACK) || code === null || searchParams.get("state") !== state) {
        throw new Error(`the sign-in ended at ${location}`);
      }
      const { access_token } = await redeem(code, verifier);
      const answer = await http.send(`${gatewayUrl}/oauth2/userinfo`, {
        method: "GET",
        headers: { authorization: `Bearer ${access_token}` },
      });
      return userinfo.parse(JSON.parse(expectStatus(answer, 200, "/oauth2/userinfo"))).email;
    },
  };
}
