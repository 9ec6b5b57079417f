import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { launchBrowser } from "../harness/browser.ts";
import { startTestGateway, type TestGateway } from "../harness/gateway.ts";
import { violations } from "./accessibility.ts";
import { openConsole } from "./console-session.ts";
import { startTrustingIdp, type TrustingIdp } from "./consoles/trusting-idp.ts";
import { testSignIn } from "./portal-visitor.ts";

// Another identity provider takes the place of one that people sign in by, in the console: nobody notices anything before a
// test has succeeded, and one click goes back.

let gateway: TestGateway;
let browser: Browser;
let before: TrustingIdp;
let after: TrustingIdp;
let organizations = 0;

beforeAll(async () => {
  gateway = await startTestGateway({ env: { OUTBOUND_ALLOW: "127.0.0.0/8,::1/128" } });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await gateway?.stop();
});
beforeEach(async () => {
  [before, after] = await Promise.all([startTrustingIdp(), startTrustingIdp()]);
  return () => Promise.all([before.close(), after.close()]);
});

const connection = z.object({ id: z.string(), saml: z.object({ idpEntityId: z.string() }) });

async function newConnection() {
  const slug = `changing-${++organizations}`;
  await gateway.api("POST", "/organizations", { slug, name: "Changing" });
  const saml = { metadataXml: before.idp.metadata() };
  const made = await gateway.api("POST", `/organizations/${slug}/connections`, {
    ...{ type: "saml", name: "Okta", provider: "okta", saml },
  });
  const path = `/organizations/${slug}/connections/${connection.parse(made.body).id}`;
  return {
    path,
    issuer: async () => connection.parse((await gateway.api("GET", path)).body).saml.idpEntityId,
  };
}

async function enter(page: Page, idp: TrustingIdp): Promise<void> {
  await page.getByText("Metadata file", { exact: true }).first().click();
  await page.locator('input[type="file"]').setInputFiles({
    name: "metadata.xml",
    mimeType: "text/xml",
    buffer: Buffer.from(idp.idp.metadata()),
  });
  await page.getByRole("button", { name: "Check and save" }).click();
}

const use = (page: Page) => page.getByRole("button", { name: "Put them to use", exact: true });
const back = (page: Page) => page.getByRole("button", { name: "Go back to the settings before" });

describe("a connection that people sign in by", () => {
  it("is changed by settings that wait, fail, succeed, are put to use, and taken back", async () => {
    const { path, issuer } = await newConnection();
    const page = await openConsole(browser, gateway, path);
    await page.getByRole("link", { name: "Change the settings" }).click();
    await page.getByText("waits beside it until a test has succeeded").waitFor();
    await enter(page, after);
    const difference = `Entity ID (issuer) ${before.idp.entityId} ${after.idp.entityId}`;
    await page.getByRole("row", { name: difference }).waitFor();
    await page.getByText("Not tested yet").waitFor();
    expect(await use(page).isDisabled()).toBe(true);

    after.misbehave({ audience: "https://elsewhere.example" });
    await testSignIn(page);
    await page.getByRole("heading", { name: "The test failed" }).waitFor();
    await page.getByText("Okta › Audience URI (SP Entity ID):").waitFor();
    expect(await use(page).isDisabled()).toBe(true);

    after.misbehave({});
    await testSignIn(page, { button: "Test again" });
    await page.getByRole("heading", { name: "The test succeeded" }).waitFor();
    await page.getByText("A test of these settings succeeded").waitFor();
    expect(await issuer()).toBe(before.idp.entityId);

    await use(page).click();
    await back(page).waitFor();
    expect(await issuer()).toBe(after.idp.entityId);
    await back(page).click();
    await expect.poll(issuer).toBe(before.idp.entityId);
  });

  it("takes no draft that another one has replaced since its test, and none that was discarded", async () => {
    const { path, issuer } = await newConnection();
    const page = await openConsole(browser, gateway, `${path}/change`);
    await enter(page, after);
    // Until the draft is there, the same button tests the settings in use.
    await page.getByText("Not tested yet").waitFor();
    await testSignIn(page);
    await page.getByText("A test of these settings succeeded").waitFor();
    await enter(page, before);
    await page.getByText("They are the same as those in use.").waitFor();
    await page.getByText("Not tested yet").waitFor();
    expect(await use(page).isDisabled()).toBe(true);
    await page.getByRole("button", { name: "Discard them" }).click();
    await page.getByRole("heading", { name: "Test the settings in use" }).waitFor();
    expect(await use(page).count()).toBe(0);
    expect(await issuer()).toBe(before.idp.entityId);
  });

  it("is changed without a test by an operator who was told what that means", async () => {
    const { path, issuer } = await newConnection();
    const page = await openConsole(browser, gateway, `${path}/change`);
    await enter(page, after);
    await page.getByRole("button", { name: "Put them to use without a test" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("0 people sign in by it, 0 are signed in now.").waitFor();
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Put them to use without a test" }).click();
    await back(page).waitFor();
    expect(await issuer()).toBe(after.idp.entityId);
  });

  it("has its other settings changed by the same draft, beside what was entered before", async () => {
    const { path } = await newConnection();
    const page = await openConsole(browser, gateway, `${path}/change`);
    await enter(page, after);
    await page.getByText("Not tested yet").waitFor();
    await page.getByRole("checkbox", { name: "Have people sign in anew each time" }).check();
    await page.getByRole("textbox", { name: "Delimiter of groups" }).fill(";");
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByRole("row", { name: "Sign in anew each time No Yes" }).waitFor();
    await page.getByRole("row", { name: "Delimiter of groups – ;" }).waitFor();
    await page
      .getByRole("row", { name: `Entity ID (issuer) ${before.idp.entityId} ${after.idp.entityId}` })
      .waitFor();
    expect((await gateway.api("GET", path)).body).toMatchObject({ saml: { forceAuthn: false } });
    await page.getByRole("button", { name: "Put them to use without a test" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Put them to use without a test" }).click();
    await back(page).waitFor();
    expect((await gateway.api("GET", path)).body).toMatchObject({
      saml: { forceAuthn: true, groupsDelimiter: ";", idpEntityId: after.idp.entityId },
    });
  });

  it("has its other settings changed, where it is one of OpenID Connect", async () => {
    const organization = (await newConnection()).path.split("/").slice(0, 3).join("/");
    const oidc = { issuer: "https://idp.example.test", clientId: "x", clientSecret: "y" };
    const body = { type: "oidc", name: "Op", oidc };
    const made = await gateway.api("POST", `${organization}/connections`, body);
    const path = `${organization}/connections/${z.object({ id: z.string() }).parse(made.body).id}`;
    const page = await openConsole(browser, gateway, `${path}/change`);
    await page.getByRole("textbox", { name: "Scopes" }).fill("email");
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByText("Must include openid").waitFor();
    await page.getByRole("textbox", { name: "Scopes" }).fill("openid email");
    await page.getByRole("combobox", { name: "Sign people out there, too" }).selectOption("no");
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByRole("row", { name: "Scopes openid profile email openid email" }).waitFor();
    await page.getByRole("row", { name: "Sign people out there, too – No" }).waitFor();
    expect(await violations(page)).toEqual([]);
    expect((await gateway.api("GET", `${path}/draft`)).body).toMatchObject({
      connection: { oidc: { logoutAtIdp: false, scopes: ["openid", "email"], issuer: oidc.issuer } },
    });
  });

  it.each([{}, { dark: true }, { phone: true }])("axe finds nothing (%j)", async (options) => {
    const { path } = await newConnection();
    const page = await openConsole(browser, gateway, `${path}/change`, options);
    await page.getByRole("heading", { name: "Change the settings" }).waitFor();
    expect(await violations(page)).toEqual([]);
    await enter(page, after);
    await page.getByText("Not tested yet").waitFor();
    expect(await violations(page)).toEqual([]);
  });
});
