import { samlServiceProvider } from "@sallyport/connections";
import { newId } from "@sallyport/database";
import type { TestIdp, TestLogin, TestLogoutRequest } from "@sallyport/saml/testing";
import { digestToken } from "@sallyport/secrets";
import {
  answerSaml,
  createSignInFixture,
  postSaml,
  readSamlRequest,
  type SignInFixture,
} from "@sallyport/sign-in/testing";
import { openSigningKeys } from "@sallyport/signing-keys";
import { type Browser, createBrowser, type Page } from "@sallyport/testing-browser";
import { decodeJwt } from "jose";
import * as client from "openid-client";
import { createBroker } from "../index.ts";

const CALLBACK = "https://app.example.test/callback";
export const SIGNED_OUT = "https://app.example.test/signed-out";

/** The whole broker over real HTTP, with an application that signs people in and out. */
export interface LogoutFixture extends SignInFixture {
  readonly logoutsRequested: () => number;
  /** All the way from the application to its tokens. */
  signIn(idp: TestIdp, connectionId: string, login?: Partial<TestLogin>): Promise<SignedIn>;
  /** The same by an IdP of any protocol: `answer` is what it makes of the request that the browser brings. */
  signInBy(connectionId: string, answer: (request: URL) => string): Promise<SignedIn>;
  /** Sends the browser to /oauth2/logout as the application does. */
  signOut(person: SignedIn, parameters?: Readonly<Record<string, string>>): Promise<Page>;
  /** A logout request of the IdP's to this connection, by the fixture's clock. */
  logoutOf(
    idp: TestIdp,
    connectionId: string,
    logout?: Partial<TestLogoutRequest>,
  ): ReturnType<TestIdp["logoutRequest"]>;
  sloUrl(connectionId: string): string;
  session(id: string): Promise<{ revokedAt: Date | null; revokedReason: string | null }>;
}

export interface SignedIn {
  readonly browser: Browser;
  readonly idToken: string;
  readonly sessionId: string;
}

export async function createLogoutFixture(): Promise<LogoutFixture> {
  const closing: (() => Promise<void>)[] = [];
  let logoutsRequested = 0;
  const fixture = await createSignInFixture(async (deps) => {
    const signingKeys = await openSigningKeys(deps);
    const requestLogout = () => {
      logoutsRequested += 1;
    };
    const broker = await createBroker({ ...deps, signingKeys, requestLogout });
    closing.push(() => broker.close());
    return broker.router;
  });
  const application = await addApplication(fixture);
  const sloUrl = (connectionId: string) => samlServiceProvider(fixture.publicUrl, connectionId).sloUrl;

  /** From the application to the IdP, whose answer `answer` brings back, and on to the application's tokens. */
  async function signIn(
    connectionId: string,
    answer: (browser: Browser, atIdp: Page) => Promise<Page>,
  ): Promise<SignedIn> {
    const browser = createBrowser();
    const pkceCodeVerifier = client.randomPKCECodeVerifier();
    const url = client.buildAuthorizationUrl(application, {
      redirect_uri: CALLBACK,
      scope: "openid",
      connection: connectionId,
      code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: "S256",
    });
    const atIdp = await browser.follow(await browser.get(url.href), fixture.publicUrl);
    const home = await browser.follow(await answer(browser, atIdp), fixture.publicUrl);
    const tokens = await client.authorizationCodeGrant(application, new URL(home.location), {
      pkceCodeVerifier,
      idTokenExpected: true,
    });
    const idToken = tokens.id_token ?? "";
    return { browser, idToken, sessionId: String(decodeJwt(idToken).sid) };
  }

  return {
    ...fixture,
    logoutsRequested: () => logoutsRequested,
    sloUrl,
    signIn: (idp, connectionId, login = {}) =>
      signIn(connectionId, (browser, atIdp) => {
        const request = readSamlRequest(atIdp, connectionId);
        return postSaml(fixture, browser, request, answerSaml(fixture, idp, request, login));
      }),
    signInBy: (connectionId, answer) =>
      signIn(connectionId, (browser, atIdp) => browser.get(answer(new URL(atIdp.location)))),
    signOut: ({ browser, idToken }, parameters = {}) =>
      browser.get(
        `${fixture.publicUrl}/oauth2/logout?${new URLSearchParams({ id_token_hint: idToken, ...parameters })}`,
      ),
    logoutOf: (idp, connectionId, logout = {}) =>
      idp.logoutRequest({ destination: sloUrl(connectionId), now: fixture.now(), ...logout }),
    session: (id) => fixture.database.prisma.session.findUniqueOrThrow({ where: { id } }),
    async close() {
      for (const close of closing) {
        await close();
      }
      await fixture.close();
    },
  };
}

async function addApplication(fixture: SignInFixture): Promise<client.Configuration> {
  const secret = "the secret of the wiki";
  await fixture.database.prisma.application.create({
    data: {
      id: newId(),
      clientId: "wiki",
      name: "Wiki",
      redirectUris: [CALLBACK],
      postLogoutRedirectUris: [SIGNED_OUT],
      backchannelLogoutUri: "https://app.example.test/backchannel",
      clientSecretDigest: Uint8Array.from(digestToken(secret)),
    },
  });
  const http = { execute: [client.allowInsecureRequests] };
  const authentication = client.ClientSecretBasic(secret);
  return client.discovery(new URL(fixture.publicUrl), "wiki", undefined, authentication, http);
}
