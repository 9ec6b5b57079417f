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

  return {
    ...fixture,
    logoutsRequested: () => logoutsRequested,
    sloUrl,
    async signIn(idp, connectionId, login = {}) {
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
      const request = readSamlRequest(atIdp, connectionId);
      const answered = await postSaml(fixture, browser, request, answerSaml(fixture, idp, request, login));
      const home = await browser.follow(answered, fixture.publicUrl);
      const tokens = await client.authorizationCodeGrant(application, new URL(home.location), {
        pkceCodeVerifier,
        idTokenExpected: true,
      });
      const idToken = tokens.id_token ?? "";
      return { browser, idToken, sessionId: String(decodeJwt(idToken).sid) };
    },
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
