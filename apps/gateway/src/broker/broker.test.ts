import { newId } from "@sallyport/database";
import { createTestIdp } from "@sallyport/saml/testing";
import { digestToken } from "@sallyport/secrets";
import {
  answerSaml,
  createSignInFixture,
  postSaml,
  readSamlRequest,
  type SignInFixture,
} from "@sallyport/sign-in/testing";
import { openSigningKeys } from "@sallyport/signing-keys";
import { createBrowser } from "@sallyport/testing-browser";
import * as client from "openid-client";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createBroker } from "./index.ts";

const CALLBACK = "https://app.example.test/callback";
const idp = createTestIdp();
const closing: (() => Promise<void>)[] = [];
let fixture: SignInFixture;
let connectionId: string;
let application: client.Configuration;

beforeAll(async () => {
  fixture = await createSignInFixture(async (deps) => {
    const signingKeys = await openSigningKeys(deps);
    const broker = await createBroker({ ...deps, signingKeys, requestLogout: () => undefined });
    closing.push(() => broker.close());
    return broker.router;
  });
  const organizationId = await fixture.addOrganization("acme", ["acme.com"]);
  connectionId = await fixture.addSamlConnection(organizationId, idp, { provider: "okta" });
  const clientId = "wiki";
  const secret = "the secret of the wiki";
  await fixture.database.prisma.application.create({
    data: {
      id: newId(),
      clientId,
      name: "Wiki",
      redirectUris: [CALLBACK],
      postLogoutRedirectUris: [],
      clientSecretDigest: Uint8Array.from(digestToken(secret)),
    },
  });
  application = await client.discovery(
    new URL(fixture.publicUrl),
    clientId,
    undefined,
    client.ClientSecretBasic(secret),
    {
      execute: [client.allowInsecureRequests],
    },
  );
});
afterAll(async () => {
  for (const close of closing) {
    await close();
  }
  await fixture.close();
});

/** An application's authorization request. */
async function authorization(choice: Readonly<Record<string, string>> = { organization: "acme" }) {
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const expectedState = client.randomState();
  const url = client.buildAuthorizationUrl(application, {
    redirect_uri: CALLBACK,
    scope: "openid email profile",
    ...choice,
    state: expectedState,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
  });
  return { url: url.toString(), checks: { pkceCodeVerifier, expectedState, idTokenExpected: true } };
}

it("goes all the way: application, sign-in at the organization's IdP, tokens", async () => {
  const browser = createBrowser();
  const { url, checks } = await authorization();
  const atIdp = await browser.follow(await browser.get(url), fixture.publicUrl);
  const request = readSamlRequest(atIdp, connectionId);
  const response = answerSaml(fixture, idp, request, {
    nameId: "jo@acme.com",
    attributes: { firstName: "Jo", groups: ["Engineering"] },
  });
  const home = await browser.follow(await postSaml(fixture, browser, request, response), fixture.publicUrl);
  const tokens = await client.authorizationCodeGrant(application, new URL(home.location), checks);
  expect(tokens.claims()).toMatchObject({
    email: "jo@acme.com",
    email_verified: true,
    given_name: "Jo",
    org_slug: "acme",
    connection_id: connectionId,
    connection_type: "saml",
    idp: "okta",
    roles: ["member"],
    groups: ["Engineering"],
  });
});

it("signs nobody in for a request that another browser started", async () => {
  const attacker = createBrowser();
  const { url } = await authorization({}); // which organization, a page of ours asks
  const link = (await attacker.get(url)).location;
  expect(link).toContain("/sign-in/");
  const victim = createBrowser();
  const page = await victim.get(link);
  expect([page.status, page.location]).toEqual([404, ""]);
  expect(page.body).toContain("started in another browser");
});
