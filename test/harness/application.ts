import { createHash, randomBytes } from "node:crypto";
import { type SessionClaims, sessionClaims } from "@sallyport/claims";
import { z } from "zod";
import type { TestGateway } from "./gateway.ts";

/** Where the gateway sends the browser back to; nothing listens there. */
export const CALLBACK = "https://app.example.test/callback";

/** An application that signs people in through the gateway: a public client with PKCE. */
export interface TestApplication {
  readonly id: string;
  readonly clientId: string;
  /** Where people are sent who come to it from their IdP's own pages, and a page of it that an IdP may name. */
  readonly initiateLoginUri: string;
  readonly targetUri: string;
  /** Where to send a browser that shall sign in, for a choice such as `{ organization: "acme" }`. */
  startUrl(choice: Readonly<Record<string, string>>): SignInStart;
  /** What it is given for the code. `callback` is the URL that the browser was sent back to. */
  tokensOf(start: SignInStart, callback: string): Promise<TestTokens>;
  /** What the gateway says of who signed in. */
  claimsOf(start: SignInStart, callback: string): Promise<SessionClaims>;
  /** Where to send a browser that shall sign out. */
  readonly signOutUrl: string;
  /** Where it is sent afterwards. */
  readonly signedOutUri: string;
}

export interface TestTokens {
  readonly accessToken: string;
  /** Undefined where the scope `openid` was not asked for. */
  readonly idToken: string | undefined;
}

export interface SignInStart {
  readonly url: string;
  readonly state: string;
  readonly verifier: string;
}

const created = z.object({ id: z.string(), clientId: z.string() });
const tokens = z.object({ access_token: z.string(), id_token: z.string().optional() });

export async function addApplication(gateway: TestGateway, redirectUri = CALLBACK): Promise<TestApplication> {
  const signedOutUri = new URL("/signed-out", redirectUri).href;
  const initiateLoginUri = new URL("/start", redirectUri).href;
  const targetUri = new URL("/reports?year=2030", redirectUri).href;
  const { body } = await gateway.api("POST", "/applications", {
    name: "Wiki",
    redirectUris: [redirectUri],
    postLogoutRedirectUris: [signedOutUri],
    initiateLoginUri,
    targetUris: [targetUri],
    public: true,
  });
  const { id, clientId } = created.parse(body);
  // What the application asks itself, it asks past whatever ends TLS for browsers.
  const direct = `http://localhost:${gateway.port}`;
  const signOut = new URLSearchParams({ client_id: clientId, post_logout_redirect_uri: signedOutUri });
  const application: TestApplication = {
    id,
    clientId,
    initiateLoginUri,
    targetUri,
    signOutUrl: `${gateway.url}/oauth2/logout?${signOut}`,
    signedOutUri,
    startUrl(choice) {
      const state = randomBytes(16).toString("base64url");
      const verifier = randomBytes(32).toString("base64url");
      const query = new URLSearchParams({
        client_id: clientId,
        redirect_uri: redirectUri,
        response_type: "code",
        scope: "openid email profile",
        ...choice,
        state,
        code_challenge: createHash("sha256").update(verifier).digest("base64url"),
        code_challenge_method: "S256",
      });
      return { url: `${gateway.url}/oauth2/authorize?${query}`, state, verifier };
    },
    async tokensOf({ state, verifier }, callback) {
      const { searchParams } = new URL(callback);
      const code = searchParams.get("code");
      if (!callback.startsWith(redirectUri) || code === null || searchParams.get("state") !== state) {
        throw new Error(`The sign-in ended at ${callback}`);
      }
      const body = new URLSearchParams({
        grant_type: "authorization_code",
        client_id: clientId,
        code,
        redirect_uri: redirectUri,
        code_verifier: verifier,
      });
      const granted = await fetch(`${direct}/oauth2/token`, { method: "POST", body });
      const { access_token, id_token } = tokens.parse(await granted.json());
      return { accessToken: access_token, idToken: id_token };
    },
    async claimsOf(start, callback) {
      const { accessToken } = await application.tokensOf(start, callback);
      const headers = { authorization: `Bearer ${accessToken}` };
      const answer = await fetch(`${direct}/oauth2/userinfo`, { headers });
      return sessionClaims.parse(await answer.json());
    },
  };
  return application;
}
