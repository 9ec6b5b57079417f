import { selfSignedCertificate } from "@sallyport/saml";
import { newRsaKey } from "@sallyport/saml/testing";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { en } from "../../apps/console/src/web/texts/en.ts";
import { launchBrowser } from "../harness/browser.ts";
import { startTestGateway, type TestGateway } from "../harness/gateway.ts";
import { type SimulatedOidc, startSimulatedOidc } from "./consoles/oidc-console.ts";
import { OIDC_CONSOLES } from "./consoles/oidc-facts.ts";
import { type Misbehaviour, type SimulatedSaml, startSimulatedSaml } from "./consoles/saml-console.ts";
import { ANN, SAML_CONSOLES } from "./consoles/saml-facts.ts";
import { readShown, saveConsole, typeIn } from "./consoles/visitor.ts";
import {
  chooseProduct,
  newContext,
  newSetupLink,
  openPage,
  readGuide,
  signInAsAnn,
  testSignIn,
} from "./portal-visitor.ts";

// What is most often set up wrongly, each in a test that fails on purpose. The result names the field to change, in the
// words of the product; with the field changed, the next test succeeds.

const HOUR_MS = 3_600_000;
/** The page says so when nothing has come back for a minute. */
const LONG_MS = 70_000;

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

const selfSigned = (notBefore: string, notAfter: string, privateKey = newRsaKey()) =>
  selfSignedCertificate({
    privateKey,
    commonName: "idp",
    notBefore: new Date(notBefore),
    notAfter: new Date(notAfter),
  });

const failed = (page: Page) => page.getByRole("heading", { name: en.test.failed }).waitFor();
const succeeded = (page: Page) => page.getByRole("heading", { name: en.test.succeeded }).waitFor();
const activate = (page: Page) => page.getByRole("button", { name: en.test.activate });

describe("with Okta over SAML", () => {
  let okta: SimulatedSaml;
  let page: Page;
  let console: Page;

  beforeAll(async () => {
    okta = await startSimulatedSaml(product("okta"));
    page = await openPage(context, (await newSetupLink(gateway, "misconfigured", ["sso"])).url);
    await chooseProduct(page, "Okta", en.provider.saml);
    const guide = await readGuide(page);
    await page.getByRole("button", { name: en.guide.done }).click();
    console = await openPage(context, okta.consoleUrl);
    await typeIn(console, guide);
    await connect(page, okta);
  });
  afterAll(() => okta?.close());

  it.each<[string, () => Misbehaviour, string | null, RegExp]>([
    [
      "another audience",
      () => ({ login: { audience: "https://elsewhere.example" } }),
      "Audience URI (SP Entity ID)",
      /elsewhere\.example/,
    ],
    [
      "another recipient",
      () => ({ login: { acsUrl: "https://elsewhere.example/acs" } }),
      "Single sign-on URL",
      /elsewhere\.example/,
    ],
    [
      "another key than its certificate's",
      () => ({ login: { signer: { privateKey: newRsaKey() } } }),
      "Signing Certificate",
      /does not verify/,
    ],
    [
      "a clock that is an hour ahead",
      () => ({ login: { now: new Date(Date.now() + HOUR_MS) } }),
      null,
      /issued in the future[\s\S]*Synchronize the IdP's clock/,
    ],
    [
      "a clock that is an hour behind",
      () => ({ login: { now: new Date(Date.now() - HOUR_MS) } }),
      null,
      /expired[\s\S]*synchronize the IdP's clock/,
    ],
    ["no signature", () => ({ login: { sign: "none" } }), "Assertion Signature", /not signed/],
    [
      "a signature by SHA-1",
      () => ({
        login: {
          signer: {
            signatureAlgorithm: "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
            digestAlgorithm: "http://www.w3.org/2000/09/xmldsig#sha1",
          },
        },
      }),
      "Signature Algorithm",
      /SHA-1/,
    ],
    [
      "no subject",
      () => ({
        login: { editAssertion: (xml) => xml.replace(/<saml:NameID.*?<\/saml:NameID>/, "") },
      }),
      "Name ID format",
      /no subject/,
    ],
    [
      "a subject that is another one each time",
      () => ({ login: { nameIdFormat: "urn:oasis:names:tc:SAML:2.0:nameid-format:transient" } }),
      "Name ID format",
      /transient/,
    ],
    [
      "encryption for a key that was retired",
      () => ({ login: { encryptFor: { recipient: selfSigned("2020-01-01", "2040-01-01") } } }),
      "Assertion Encryption",
      /encrypt/,
    ],
    [
      "the metadata of another application",
      () => ({
        login: {
          editAssertion: (xml) =>
            xml.replace(
              /<saml:Issuer>.*?<\/saml:Issuer>/,
              "<saml:Issuer>http://www.okta.com/exk2</saml:Issuer>",
            ),
        },
      }),
      "Metadata URL",
      /issuer[\s\S]*exk2/,
    ],
    [
      "a person whom it does not let in",
      () => ({
        status: {
          code: "urn:oasis:names:tc:SAML:2.0:status:Responder",
          subCode: "urn:oasis:names:tc:SAML:2.0:status:AuthnFailed",
          message: "Ann is not assigned",
        },
      }),
      "Assignments",
      /Ann is not assigned/,
    ],
  ])("%s fails, and says what to change", async (_fault, misbehaviour, field, said) => {
    okta.misbehave(misbehaviour());
    await testAgain(page);
    await failed(page);
    const told = await page.getByRole("main").getByRole("alert").innerText();
    expect(told).toMatch(said);
    expect(told.includes("Okta › ") ? told : null).toEqual(
      field === null ? null : expect.stringContaining(`Okta › ${field}:`),
    );
    expect(await activate(page).isDisabled()).toBe(true);
  });

  it("an email that does not come is told of a test that succeeds", async () => {
    okta.misbehave({ login: { attributes: { firstName: "Ann" }, nameId: "0a1b2c" } });
    await testAgain(page);
    await succeeded(page);
    expect(await page.getByRole("main").getByRole("alert").innerText()).toMatch(
      /no email[\s\S]*Okta › Attribute Statements:/,
    );
  });

  it("a person who is not assigned is not sent back, and the page says where to look", async () => {
    okta.misbehave({});
    await console.getByLabel("Assign to Groups").uncheck();
    await saveConsole(console);
    await page.clock.install();
    await testAgain(page, refusedAtIdp("You are not assigned"));
    await page.clock.fastForward(LONG_MS);
    await page.getByText(/Nothing has come back yet.*Okta.*Assignments, Single sign-on URL/).waitFor();
    await page.clock.resume();
  });

  it("as the guide says it, it succeeds", async () => {
    await console.getByLabel("Assign to Groups").check();
    await saveConsole(console);
    await testAgain(page);
    await succeeded(page);
    expect(await page.getByRole("main").getByRole("alert").count()).toBe(0);
    await activate(page).click();
    await page.getByText(en.test.active).waitFor();
  });
});

it("a certificate that has ended is told when it is entered, and after the test", async () => {
  const privateKey = newRsaKey();
  const entra = await startSimulatedSaml(product("entra"), {
    privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    certificate: selfSigned("2020-01-01", "2023-01-01", privateKey),
  });
  const page = await openPage(context, (await newSetupLink(gateway, "ended", ["sso"])).url);
  await chooseProduct(page, "Microsoft Entra ID", en.provider.saml);
  const guide = await readGuide(page);
  await page.getByRole("button", { name: en.guide.done }).click();
  await typeIn(await openPage(context, entra.consoleUrl), guide);
  await page.getByRole("textbox", { name: en.connect.byUrl }).fill(entra.metadataUrl);
  await page.getByRole("button", { name: en.connect.save }).click();
  await page.getByText(/certificate ended on January 1, 2023/).waitFor();
  await page.getByRole("button", { name: "Next", exact: true, disabled: false }).click();
  await testSignIn(page);
  await succeeded(page);
  expect(await page.getByRole("main").getByRole("alert").innerText()).toMatch(
    /certificate[\s\S]*expired[\s\S]*Microsoft Entra ID › SAML Certificates:/,
  );
  await entra.close();
});

describe("with Okta over OpenID Connect", () => {
  let okta: SimulatedOidc;
  let page: Page;
  let console: Page;
  let shown: Record<string, string>;
  let right = "";

  beforeAll(async () => {
    const facts = OIDC_CONSOLES.okta;
    if (facts === undefined) {
      throw new Error("No console of Okta");
    }
    okta = await startSimulatedOidc(facts);
    page = await openPage(context, (await newSetupLink(gateway, "misconfigured-oidc", ["sso"])).url);
    await chooseProduct(page, "Okta", en.provider.oidc);
    const guide = await readGuide(page);
    await page.getByRole("button", { name: en.guide.done }).click();
    console = await openPage(context, okta.consoleUrl);
    await typeIn(console, guide);
    shown = await readShown(console);
  });
  afterAll(() => okta?.close());

  const stepTo = (name: string) => page.getByRole("navigation").getByRole("button", { name }).click();

  async function enterClient(secret: string): Promise<void> {
    await page.getByLabel(en.connect.issuer).fill(okta.issuer(shown));
    await page.getByLabel(en.connect.clientId).fill(shown["Client ID"] ?? "");
    await page.getByLabel(en.connect.clientSecret).fill(secret);
    await page.getByRole("button", { name: en.connect.save }).click();
    await page.getByText(en.connect.saved).waitFor();
    await page.getByRole("button", { name: "Next", exact: true, disabled: false }).click();
  }

  it("another secret fails, and says which field shows the right one", async () => {
    await enterClient("not-the-secret");
    await testAgain(page);
    await failed(page);
    expect(await page.getByRole("main").getByRole("alert").innerText()).toContain("Okta › Client Secret:");
    expect(await activate(page).isDisabled()).toBe(true);
  });

  it("another redirect URI is not sent back, and the page says where to look", async () => {
    await stepTo(en.steps.connect);
    await enterClient(shown["Client Secret"] ?? "");
    right = await console.getByLabel("Sign-in redirect URIs").inputValue();
    await console.getByLabel("Sign-in redirect URIs").fill("https://elsewhere.example/callback");
    await saveConsole(console);
    await page.clock.install();
    await testAgain(page, refusedAtIdp("redirect_uri"));
    await page.clock.fastForward(LONG_MS);
    await page.getByText(/Nothing has come back yet.*Assignments, Sign-in redirect URIs/).waitFor();
    await page.clock.resume();
  });

  it("as the guide says it, it succeeds", async () => {
    await console.getByLabel("Sign-in redirect URIs").fill(right);
    await saveConsole(console);
    await testAgain(page);
    await succeeded(page);
    await page.getByRole("row", { name: `email ${ANN.email}` }).waitFor();
    await activate(page).click();
    await page.getByText(en.test.active).waitFor();
  });
});

function product(id: string) {
  const facts = SAML_CONSOLES[id];
  if (facts === undefined) {
    throw new Error(`No console of ${id}`);
  }
  return facts;
}

async function connect(page: Page, idp: SimulatedSaml): Promise<void> {
  await page.getByRole("textbox", { name: en.connect.byUrl }).fill(idp.metadataUrl);
  await page.getByRole("button", { name: en.connect.save }).click();
  await page.getByRole("button", { name: "Next", exact: true, disabled: false }).click();
}

/** Tests once more, whether or not there was a test before. */
async function testAgain(page: Page, signIn = signInAsAnn): Promise<void> {
  const button = (await page.getByRole("button", { name: en.test.again }).count()) > 0 ? "again" : "start";
  await testSignIn(page, { button: en.test[button], signIn });
}

/** The identity provider shows an error of its own. */
function refusedAtIdp(text: string) {
  return async (window: Page) => {
    const signIn = window.getByRole("button", { name: "Sign in as Ann" });
    await signIn.or(window.getByRole("heading")).first().waitFor();
    expect(await window.getByRole("heading").first().innerText()).toContain(text);
  };
}
