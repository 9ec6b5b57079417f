import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchBrowser } from "../harness/browser.ts";
import { startTestGateway, type TestGateway } from "../harness/gateway.ts";
import { choosePerson, demoUrlOf, newPerson, readSession, type ShownSession, signIn } from "./demo-app.ts";

let gateway: TestGateway;
let browser: Browser;
beforeAll(async () => {
  [gateway, browser] = await Promise.all([startTestGateway({ demo: true }), launchBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await gateway.stop();
});

const UUID = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const SECONDS = expect.any(Number);

async function signInAs(company: "acme" | "bravo", person: string): Promise<ShownSession> {
  const page = await newPerson(browser);
  await signIn(page, gateway, company, person);
  const session = await readSession(page);
  await page.context().close();
  return session;
}

describe("the demo app shows who signed in", () => {
  it("by SAML: identity, claims, and the assertion that they were read from", async () => {
    const { identity, idTokenClaims, accessTokenClaims, idpMessage } = await signInAs("acme", "Ann Archer");
    expect(identity).toEqual({
      sub: UUID,
      sid: UUID,
      auth_time: SECONDS,
      amr: ["pwd"],
      acr: "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
      email: "ann@acme.example",
      email_verified: true,
      name: "Ann Archer",
      given_name: "Ann",
      family_name: "Archer",
      preferred_username: "ann@acme.example",
      org_id: UUID,
      org_slug: "acme",
      connection_id: UUID,
      connection_type: "saml",
      idp: "generic",
      roles: ["member"],
      permissions: [],
      groups: [],
    });
    expect(idTokenClaims).toMatchObject({ iss: gateway.url, ...identity });
    expect(accessTokenClaims).toMatchObject({
      iss: gateway.url,
      sub: identity.sub,
      sid: identity.sid,
      roles: ["member"],
    });
    expect(idpMessage).toMatch(/^<(\w+:)?Assertion /);
    expect(idpMessage).toContain("ann@acme.example");
  });

  it("by OpenID Connect: the same document, from the upstream ID token", async () => {
    const ann = await signInAs("acme", "Ann Archer");
    const dana = await signInAs("bravo", "Dana Diaz");
    expect(Object.keys(dana.identity)).toEqual(Object.keys(ann.identity));
    expect(dana.identity).toMatchObject({
      email: "dana@bravo.example",
      email_verified: true,
      name: "Dana Diaz",
      given_name: "Dana",
      family_name: "Diaz",
      preferred_username: "dana@bravo.example",
      org_slug: "bravo",
      connection_type: "oidc",
      idp: "generic",
      roles: ["member"],
    });
    expect(dana.idTokenClaims).toMatchObject({ iss: gateway.url, ...dana.identity });
    expect(Object.keys(dana.idTokenClaims).sort()).toEqual(Object.keys(ann.idTokenClaims).sort());
    expect(Object.keys(dana.accessTokenClaims).sort()).toEqual(Object.keys(ann.accessTokenClaims).sort());
    expect(JSON.parse(dana.idpMessage)).toMatchObject({
      iss: expect.stringMatching(/\/oidc$/),
      aud: "sallyport",
      email: "dana@bravo.example",
    });
  });
});

describe("signing out", () => {
  it("ends the app's session and the gateway's: the next sign-in asks the IdP again", async () => {
    const page = await newPerson(browser);
    await signIn(page, gateway, "acme", "Ben Baker");
    const { identity } = await readSession(page);

    // Without signing out, the gateway's session answers: no IdP is asked.
    await page.goto(`${demoUrlOf(gateway)}/login?organization=acme`);
    expect((await readSession(page)).identity.sid).toBe(identity.sid);

    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("link", { name: "Acme (SAML)" }).waitFor();
    expect(page.url()).toBe(`${demoUrlOf(gateway)}/`);
    const session = await gateway.api("GET", `/organizations/acme/sessions/${identity.sid}`);
    expect(session.body).toMatchObject({ live: false, revokedReason: expect.any(String) });

    await signIn(page, gateway, "acme", "Cleo Cruz");
    expect((await readSession(page)).identity).toMatchObject({ email: "cleo@acme.example" });
  });
});

describe("the work email", () => {
  it("leads to the IdP of its domain's organization", async () => {
    const page = await newPerson(browser);
    await page.goto(demoUrlOf(gateway));
    await page.getByRole("link", { name: "Continue with work email" }).click();
    await page.getByLabel("Work email").fill("Ann@Acme.example");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByText("Acme's demo identity provider").waitFor();
    await choosePerson(page, "Ann Archer");
    expect((await readSession(page)).identity).toMatchObject({ org_slug: "acme", email: "ann@acme.example" });
  });

  it("of an unknown domain is asked for again, with what is wrong and a request id", async () => {
    const page = await newPerson(browser);
    await page.goto(`${demoUrlOf(gateway)}/login`);
    await page.getByLabel("Work email").fill("ann@acme.exmaple");
    const answered = page.waitForResponse((response) => response.request().method() === "POST");
    await page.getByRole("button", { name: "Continue" }).click();
    const answer = await answered;
    expect(answer.status()).toBe(422);
    expect(await page.getByRole("alert").innerText()).toContain("No organization signs in with acme.exmaple");
    expect(await page.locator("code").innerText()).toBe(answer.headers()["x-request-id"]);

    await page.getByLabel("Work email").fill("dana@bravo.example");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByText("Bravo's demo identity provider").waitFor();
  });
});
