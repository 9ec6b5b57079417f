import { samlServiceProvider } from "@sallyport/connections";
import { newId } from "@sallyport/database";
import { defined } from "@sallyport/defined";
import type { TestIdp, TestLogin } from "@sallyport/saml/testing";
import { digestToken } from "@sallyport/secrets";
import {
  answerSaml,
  createSignInFixture,
  postSaml,
  readSamlRequest,
  type SignInFixture,
} from "@sallyport/sign-in/testing";
import { openSigningKeys } from "@sallyport/signing-keys";
import type { Browser, Page } from "@sallyport/testing-browser";
import * as client from "openid-client";
import { createBroker } from "../index.ts";

const SECRET = "the secret of the application";

/** An application that people are sent to from their IdP's own pages. */
export interface PortalApplication {
  readonly id: string;
  readonly clientId: string;
  /** Sends the browser to /oauth2/authorize, and on as far as our own redirects go. */
  authorize(browser: Browser, wish?: Readonly<Record<string, string>>): Promise<Page>;
  /** The ID token's claims, for the callback that `authorize` ended at. */
  claims(visit: Page): Promise<Readonly<Record<string, unknown>>>;
}

/** The whole broker over real HTTP, and what happens at an IdP's portal. */
export interface PortalFixture extends SignInFixture {
  addApplication(clientId: string): Promise<PortalApplication>;
  /** The portal's page posts a response that answers nothing; our own pages post it again. Ends at what is no such page. */
  arrive(
    browser: Browser,
    idp: TestIdp,
    connectionId: string,
    options?: { readonly relayState?: string; readonly login?: Partial<TestLogin> },
  ): Promise<Page>;
  /** The IdP answers the request that a visit carries. */
  answer(
    browser: Browser,
    idp: TestIdp,
    connectionId: string,
    visit: Page,
    login?: Partial<TestLogin>,
  ): Promise<Page>;
}

export const portalOf = (clientId: string) => ({
  callback: `https://${clientId}.example.test/callback`,
  start: `https://${clientId}.example.test/start?from=portal`,
  target: `https://${clientId}.example.test/reports?year=2030`,
});

export async function createPortalFixture(): Promise<PortalFixture> {
  const closing: (() => Promise<void>)[] = [];
  const fixture = await createSignInFixture(async (deps) => {
    const signingKeys = await openSigningKeys(deps);
    const broker = await createBroker({ ...deps, signingKeys, requestLogout: () => undefined });
    closing.push(() => broker.close());
    return broker.router;
  });

  return {
    ...fixture,
    async addApplication(clientId) {
      const { callback, start, target } = portalOf(clientId);
      const id = newId();
      await fixture.database.prisma.application.create({
        data: {
          id,
          clientId,
          name: clientId,
          redirectUris: [callback],
          postLogoutRedirectUris: [],
          initiateLoginUri: start,
          targetUris: [target],
          clientSecretDigest: Uint8Array.from(digestToken(SECRET)),
        },
      });
      const http = { execute: [client.allowInsecureRequests] };
      const authentication = client.ClientSecretBasic(SECRET);
      const configuration = await client.discovery(
        new URL(fixture.publicUrl),
        clientId,
        undefined,
        authentication,
        http,
      );
      const pkceCodeVerifier = client.randomPKCECodeVerifier();
      return {
        id,
        clientId,
        async authorize(browser, wish = {}) {
          const url = client.buildAuthorizationUrl(configuration, {
            redirect_uri: callback,
            scope: "openid",
            code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
            code_challenge_method: "S256",
            ...wish,
          });
          return browser.follow(await browser.get(url.href), fixture.publicUrl);
        },
        async claims(visit) {
          const tokens = await client.authorizationCodeGrant(configuration, new URL(visit.location), {
            pkceCodeVerifier,
            idTokenExpected: true,
          });
          return { ...tokens.claims() };
        },
      };
    },
    async arrive(browser, idp, connectionId, { relayState, login = {} } = {}) {
      const response = answerSaml(
        fixture,
        idp,
        { connectionId, id: "" },
        { inResponseTo: undefined, ...login },
      );
      const { acsUrl } = samlServiceProvider(fixture.publicUrl, connectionId);
      const fields = {
        SAMLResponse: response,
        ...defined({ RelayState: relayState }),
      };
      let visit = await browser.post(acsUrl, fields, "fromOtherSite");
      while (visit.status === 200 && visit.form?.action === acsUrl) {
        visit = await browser.post(acsUrl, visit.form.fields);
      }
      return visit;
    },
    async answer(browser, idp, connectionId, visit, login = {}) {
      const request = readSamlRequest(visit, connectionId);
      return postSaml(fixture, browser, request, answerSaml(fixture, idp, request, login));
    },
    async close() {
      for (const close of closing) {
        await close();
      }
      await fixture.close();
    },
  };
}
