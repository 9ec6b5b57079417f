/**
 * A browser posts one response twice, by a double click, and two processes get one each: the second must end where the first
 * did, or nobody is signed in who pressed the button twice. Whoever else posts that response, or posts it later, replays it.
 * SAML 2.0 Profiles §4.1.4.5; CWE-294, CWE-367.
 */

import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import { newEncryptionKey, newToken } from "@sallyport/secrets";
import { type Browser, createBrowser, createHttp, type Page } from "@sallyport/testing-browser";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestGateway, type TestGateway } from "../../harness/gateway.ts";
import { type Departure, type SamlSite, type SamlTenant, startSamlSite } from "../../harness/saml-site.ts";
import { answer, letIn, newIdp } from "./victim.ts";

const PUBLIC_URL = "https://sso.example.test"; // both stand behind one address
const idp = newIdp();
const clock = { ahead: 0 };
let testDatabase: TestDatabase;
let site: SamlSite;
let second: TestGateway;
let tenant: SamlTenant;

beforeAll(async () => {
  testDatabase = await createTestDatabase({ poolSize: 2 });
  const options = {
    testDatabase,
    publicUrl: PUBLIC_URL,
    env: {
      RATE_LIMITS: "off",
      SALLYPORT_ENCRYPTION_KEYS: newEncryptionKey(),
      SALLYPORT_ROOT_KEY: newToken("sp_root"),
    },
    now: () => new Date(Date.now() + clock.ahead),
  };
  site = await startSamlSite(undefined, options);
  second = await startTestGateway(options);
  tenant = await site.addTenant("acme", { metadataXml: idp.metadata() });
}, 60_000);
afterAll(async () => {
  await second.stop();
  await site.stop();
  await testDatabase.drop();
});

/** The same browser, as the second process sees it: with the cookies that it had when it pressed the button. */
function atSecond(browser: Browser): Browser {
  const other = createBrowser(createHttp({ [new URL(PUBLIC_URL).hostname]: second.port }));
  const name = "__Host-sallyport-browser";
  other.cookies.hold(PUBLIC_URL, name, browser.cookies.value(PUBLIC_URL, name) ?? "");
  return other;
}

async function begin() {
  const browser = site.newBrowser();
  const departure = await tenant.leave(browser);
  const fields = { SAMLResponse: answer(tenant, idp, departure), RelayState: departure.relayState };
  return { browser, departure, fields };
}

const arrive = (browser: Browser, departure: Departure, page: Page) =>
  tenant.arrive(browser, departure, page);
const target = ({ location }: Page) => new URL(location).origin + new URL(location).pathname;

it("ends where the first did, whichever process gets it: with the same session, by a code of its own", async () => {
  const { browser, departure, fields } = await begin();
  const before = await tenant.sessions();
  const twin = atSecond(browser);
  const first = await browser.post(tenant.acsUrl, fields);
  const again = await twin.post(tenant.acsUrl, fields);
  expect([letIn(first), letIn(again), target(again)]).toEqual([true, true, target(first)]);
  expect(await tenant.sessions()).toBe(before + 1);
  expect(await tenant.lastRecord()).toMatchObject({ outcome: "success" });
  expect(await arrive(twin, departure, again)).toMatchObject({ email: "jo@example.test" });
});

it("ends there also while the first is still at work", async () => {
  const { browser, fields } = await begin();
  const before = await tenant.sessions();
  const twins = [browser, atSecond(browser), browser, atSecond(browser)];
  const pages = await Promise.all(twins.map((each) => each.post(tenant.acsUrl, fields)));
  expect(pages.map(letIn)).toEqual([true, true, true, true]);
  expect(await tenant.sessions()).toBe(before + 1);
});

it("ends there where the IdP loses RelayState", async () => {
  const { browser, fields } = await begin();
  const { SAMLResponse } = fields;
  const twin = atSecond(browser);
  expect(letIn(await browser.post(tenant.acsUrl, { SAMLResponse }))).toBe(true);
  expect(letIn(await twin.post(tenant.acsUrl, { SAMLResponse }))).toBe(true);
});

it("is a replay from another browser, at the other process as well", async () => {
  const { browser, fields } = await begin();
  const stranger = site.newBrowser();
  await tenant.leave(stranger); // has a cookie of its own
  const before = await tenant.sessions();
  expect(letIn(await browser.post(tenant.acsUrl, fields))).toBe(true);
  for (const other of [atSecond(stranger), stranger, atSecond(site.newBrowser())]) {
    expect((await tenant.post(other, fields)).status).toBe(403);
    expect(await tenant.lastRecord()).toMatchObject({ errorCode: "login_other_browser" });
  }
  expect(await tenant.sessions()).toBe(before + 1);
});

it("is a replay where it is another response, though to the same request", async () => {
  const { browser, departure, fields } = await begin();
  const twin = atSecond(browser);
  expect(letIn(await browser.post(tenant.acsUrl, fields))).toBe(true);
  const SAMLResponse = answer(tenant, idp, departure, { assertionId: "_another" });
  expect((await twin.post(tenant.acsUrl, { ...fields, SAMLResponse })).status).toBe(400);
  expect(await tenant.lastRecord()).toMatchObject({ errorCode: "login_used" });
});

it("signs nobody in where the first was refused", async () => {
  const { browser, departure } = await begin();
  const twin = atSecond(browser);
  const fields = { SAMLResponse: answer(tenant, newIdp(), departure), RelayState: departure.relayState };
  const before = await tenant.sessions();
  for (const each of [browser, twin]) {
    expect((await each.post(tenant.acsUrl, fields)).status).toBe(400);
  }
  expect(await tenant.sessions()).toBe(before);
});

it("gives no code of a session that has ended meanwhile", async () => {
  const { browser, fields } = await begin();
  const twin = atSecond(browser);
  expect(letIn(await browser.post(tenant.acsUrl, fields))).toBe(true);
  await testDatabase.database.sql.query("UPDATE sessions SET revoked_at = now()");
  const { location } = await twin.post(tenant.acsUrl, fields);
  const { searchParams } = new URL(location);
  expect([searchParams.get("error"), searchParams.get("code")]).toEqual(["access_denied", null]);
});

it("is a replay once ten seconds have passed", async () => {
  const { browser, fields } = await begin();
  const twin = atSecond(browser);
  expect(letIn(await browser.post(tenant.acsUrl, fields))).toBe(true);
  clock.ahead += 11_000;
  const before = await tenant.sessions();
  for (const each of [browser, twin]) {
    expect((await each.post(tenant.acsUrl, fields)).status).toBe(400);
    expect(await tenant.lastRecord()).toMatchObject({ errorCode: "login_used" });
  }
  expect(await tenant.sessions()).toBe(before);
});
