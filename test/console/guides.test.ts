import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PRODUCTS } from "../../apps/console/src/web/guides/products.ts";
import { en } from "../../apps/console/src/web/texts/en.ts";
import { launchBrowser } from "../harness/browser.ts";
import { startTestGateway, type TestGateway } from "../harness/gateway.ts";
import { startSimulatedOidc } from "./consoles/oidc-console.ts";
import { OIDC_CONSOLES } from "./consoles/oidc-facts.ts";
import { startSimulatedSaml } from "./consoles/saml-console.ts";
import { ANN, SAML_CONSOLES } from "./consoles/saml-facts.ts";
import { startSimulatedScim } from "./consoles/scim-console.ts";
import { SCIM_CONSOLES } from "./consoles/scim-facts.ts";
import { expectRead, readShown, typeIn } from "./consoles/visitor.ts";
import {
  chooseProduct,
  newContext,
  newSetupLink,
  openPage,
  readGuide,
  testSignIn,
} from "./portal-visitor.ts";

// Each guide is followed to the letter, in a simulated console that has exactly the product's fields, and the identity
// provider behind it knows what was typed there and nothing else. So each value that a product asks for is given, and no
// other.

let gateway: TestGateway;
let browser: Browser;
let context: BrowserContext;

beforeAll(async () => {
  gateway = await startTestGateway({ env: { OUTBOUND_ALLOW: "127.0.0.0/8,::1/128" } });
  browser = await launchBrowser();
  context = await newContext(browser);
});
afterAll(async () => {
  await browser?.close();
  await gateway?.stop();
});

const nameOf = (id: string) => PRODUCTS.find((product) => product.id === id)?.name || en.provider.genericName;
const idsWith = (protocol: "saml" | "oidc" | "scim") =>
  PRODUCTS.flatMap((product) => (product[protocol] === undefined ? [] : [product.id]));

async function testAndActivate(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Next", exact: true, disabled: false }).click();
  await testSignIn(page);
  await page.getByRole("heading", { name: en.test.succeeded }).waitFor();
  await page.getByRole("row", { name: `email ${ANN.email}` }).waitFor();
  await page.getByRole("row", { name: `givenName ${ANN.firstName}` }).waitFor();
  await page.getByRole("row", { name: `familyName ${ANN.lastName}` }).waitFor();
  await page.getByRole("button", { name: en.test.activate }).click();
  await page.getByText(en.test.active).waitFor();
}

describe("the guides for SAML", () => {
  it("are all tried", () =>
    expect(Object.keys(SAML_CONSOLES).toSorted()).toEqual(idsWith("saml").toSorted()));

  it.each(Object.entries(SAML_CONSOLES))("%s", async (id, product) => {
    const idp = await startSimulatedSaml(product);
    const { url } = await newSetupLink(gateway, `saml-${id}`, ["sso"]);
    const page = await openPage(context, url);
    await chooseProduct(page, nameOf(id), en.provider.saml);
    const guide = await readGuide(page);
    await page.getByRole("button", { name: en.guide.done }).click();

    const console = await openPage(context, idp.consoleUrl);
    await typeIn(console, guide);
    const shown = await readShown(console);
    expectRead(guide, shown);
    if (product.byHand === true) {
      await page.getByText(en.connect.byHand, { exact: true }).click();
      await page.getByLabel(en.connect.idpEntityId).fill(shown["Entity ID (issuer)"] ?? "");
      await page.getByLabel(en.connect.ssoUrl).fill(shown["Single sign-on URL"] ?? "");
      await page.getByLabel(en.connect.certificate).fill(idp.idp.certificate);
    } else if (product.fileOnly === true) {
      const buffer = Buffer.from(await (await fetch(idp.metadataUrl)).text());
      await page.locator("input[type=file]").setInputFiles({ name: "idp.xml", mimeType: "text/xml", buffer });
    } else {
      const { shownAs } = product.metadata;
      const address = shownAs === null ? idp.metadataUrl : (shown[shownAs] ?? "");
      await page.getByRole("textbox", { name: en.connect.byUrl }).fill(address);
    }
    await page.getByRole("button", { name: en.connect.save }).click();
    await testAndActivate(page);
    await Promise.all([page.close(), console.close(), idp.close()]);
  });
});

describe("the guides for OpenID Connect", () => {
  it("are all tried", () =>
    expect(Object.keys(OIDC_CONSOLES).toSorted()).toEqual(idsWith("oidc").toSorted()));

  it.each(Object.entries(OIDC_CONSOLES))("%s", async (id, product) => {
    const idp = await startSimulatedOidc(product);
    const { url } = await newSetupLink(gateway, `oidc-${id}`, ["sso"]);
    const page = await openPage(context, url);
    await chooseProduct(page, nameOf(id), en.provider.oidc);
    const guide = await readGuide(page);
    await page.getByRole("button", { name: en.guide.done }).click();

    const console = await openPage(context, idp.consoleUrl);
    await typeIn(console, guide);
    const shown = await readShown(console);
    expectRead(guide, shown);
    const given = (what: string) =>
      Object.entries(product.gives).flatMap(([name, gives]) =>
        gives === what ? [shown[name] ?? ""] : [],
      )[0];
    await page.getByLabel(en.connect.issuer).fill(idp.issuer(shown));
    await page.getByLabel(en.connect.clientId).fill(given("clientId") ?? "made-up-by-the-admin");
    await page.getByLabel(en.connect.clientSecret).fill(given("clientSecret") ?? "");
    await page.getByRole("button", { name: en.connect.save }).click();
    await testAndActivate(page);
    await Promise.all([page.close(), console.close(), idp.close()]);
  });
});

describe("the guides for SCIM", () => {
  it("are all tried", () =>
    expect(Object.keys(SCIM_CONSOLES).toSorted()).toEqual(idsWith("scim").toSorted()));

  it.each(Object.entries(SCIM_CONSOLES))("%s", async (id, fields) => {
    const pusher = await startSimulatedScim(fields);
    const { url } = await newSetupLink(gateway, `scim-${id}`, ["directory"]);
    const page = await openPage(context, url);
    await chooseProduct(page, nameOf(id));
    await page.getByRole("button", { name: en.directory.create }).click();
    const guide = await readGuide(page);

    const console = await openPage(context, pusher.consoleUrl);
    await typeIn(console, guide);
    expect(await readShown(console)).toEqual({ "Test result": "201" });
    await page.getByRole("row", { name: /POST .*Users/ }).waitFor();
    await Promise.all([page.close(), console.close(), pusher.close()]);
  });
});
