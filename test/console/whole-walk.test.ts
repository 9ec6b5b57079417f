import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { en } from "../../apps/console/src/web/texts/en.ts";
import { addApplication } from "../harness/application.ts";
import { launchBrowser } from "../harness/browser.ts";
import { startTestGateway, type TestGateway } from "../harness/gateway.ts";
import { openConsole } from "./console-session.ts";
import { listen } from "./consoles/listen.ts";
import { startSimulatedOidc } from "./consoles/oidc-console.ts";
import { OIDC_CONSOLES } from "./consoles/oidc-facts.ts";
import { startTrustingIdp } from "./consoles/trusting-idp.ts";
import { readShown, typeIn } from "./consoles/visitor.ts";
import { chooseProduct, newContext, openPage, readGuide, testSignIn } from "./portal-visitor.ts";

// All that the product is for, in one go: from an operator who has a customer's name, to somebody of theirs who is signed in
// with a role, and signed out the moment they leave. Nothing is done but by the pages, the identity provider and its pushes.

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const ANN = "ann@acme.example";

let gateway: TestGateway;
let browser: Browser;
let folder: string;
const closing: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  gateway = await startTestGateway({ env: { OUTBOUND_ALLOW: "127.0.0.0/8,::1/128" } });
  browser = await launchBrowser();
  folder = await mkdtemp(join(tmpdir(), "sallyport-walk-"));
});
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
  await browser?.close();
  await gateway?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The operator makes the customer, and a link for their IdP admin. */
async function makeCustomer(): Promise<string> {
  const page = await openConsole(browser, gateway);
  await page.getByRole("button", { name: "New organization" }).first().click();
  const form = page.getByRole("dialog", { name: "New organization" });
  await form.getByRole("textbox", { name: "Name" }).fill("Acme");
  await form.getByRole("textbox", { name: "Email domains" }).fill("acme.example");
  await form.getByRole("button", { name: "Create organization" }).click();
  await page.getByRole("main").getByRole("link", { name: "New setup link" }).click();
  const link = page.getByRole("dialog");
  await link.getByRole("textbox", { name: "Name" }).fill("For Ann's admin");
  await link.getByRole("checkbox", { name: "Connect the identity provider" }).setChecked(true);
  await link.getByRole("checkbox", { name: "Set up the directory" }).setChecked(true);
  await link.getByRole("button", { name: "Make the link" }).click();
  const url = (await link.getByRole("button", { name: "Copy: Setup link" }).innerText()).trim();
  await page.context().close();
  return url;
}

const next = (page: Page) =>
  page.getByRole("button", { name: en.next, exact: true, disabled: false }).click();
const go = (page: Page, step: string) =>
  page.getByRole("navigation").getByRole("button", { name: step }).click();

/** Signs in at the identity provider, unless it still knows her from the test before. */
async function goOn(window: Page): Promise<void> {
  const button = window.getByRole("button", { name: "Sign in as Ann" });
  const result = window.getByRole("heading").first();
  await button.or(result).first().waitFor();
  if (await button.isVisible()) {
    await button.click();
    await result.waitFor();
  }
}

interface ConnectedIdp {
  /** Sets the identity provider up wrongly, enters it in the portal, and has it wrong in the test. */
  enter(page: Page): Promise<void>;
  mend(page: Page): Promise<void>;
  /** What the failed test tells to change. */
  readonly told: string;
}

/** Okta over SAML, by an upload of its metadata, with another audience than ours. */
async function samlIdp(): Promise<ConnectedIdp> {
  const okta = await startTrustingIdp(ANN);
  closing.push(() => okta.close());
  return {
    told: "Okta › Audience URI (SP Entity ID):",
    async enter(page) {
      await chooseProduct(page, "Okta", en.provider.saml);
      await page.getByRole("button", { name: en.guide.done }).click();
      await page.getByText(en.connect.byFile, { exact: true }).first().click();
      await page.locator('input[type="file"]').setInputFiles({
        ...{ name: "metadata.xml", mimeType: "text/xml" },
        buffer: Buffer.from(okta.idp.metadata()),
      });
      await page.getByRole("button", { name: en.connect.save }).click();
      okta.misbehave({ audience: "https://elsewhere.example" });
      await next(page);
    },
    async mend() {
      okta.misbehave({});
    },
  };
}

/** Okta over OpenID Connect, with another secret than its own. */
async function oidcIdp(): Promise<ConnectedIdp> {
  const facts = OIDC_CONSOLES.okta;
  if (facts === undefined) {
    throw new Error("No console of Okta");
  }
  const okta = await startSimulatedOidc(facts);
  closing.push(() => okta.close());
  let shown: Record<string, string> = {};
  const enterClient = async (page: Page, secret: string) => {
    await page.getByLabel(en.connect.issuer).fill(okta.issuer(shown));
    await page.getByLabel(en.connect.clientId).fill(shown["Client ID"] ?? "");
    await page.getByLabel(en.connect.clientSecret).fill(secret);
    await page.getByRole("button", { name: en.connect.save }).click();
    await page.getByText(en.connect.saved).waitFor();
    await next(page);
  };
  return {
    told: "Okta › Client Secret:",
    async enter(page) {
      await chooseProduct(page, "Okta", en.provider.oidc);
      const console = await openPage(page.context(), okta.consoleUrl);
      await typeIn(console, await readGuide(page));
      shown = await readShown(console);
      await page.getByRole("button", { name: en.guide.done }).click();
      await enterClient(page, "not-the-secret");
    },
    async mend(page) {
      await go(page, en.steps.connect);
      await enterClient(page, shown["Client Secret"] ?? "");
    },
  };
}

/** `npm run demo:push -- okta`, into the directory that was made in the portal. */
async function demoPush(directory: { baseUrl: string; token: string }, ...more: string[]): Promise<void> {
  const state = {
    gatewayUrl: gateway.url,
    rootKey: gateway.rootKey,
    samlIdp: { privateKey: "", certificate: "" },
    oidcIdp: { clientSecret: "" },
    connections: {},
    directories: { acme: { id: directory.baseUrl.split("/").at(-1), ...directory } },
  };
  await writeFile(join(folder, "demo.json"), JSON.stringify(state));
  const child = spawn("npm", ["run", "--silent", "demo:push", "--", "okta", ...more], {
    cwd: ROOT,
    env: { ...process.env, DATA_DIR: folder },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, "exit")]);
  expect(code, output).toBe(0);
}

describe.each([
  ["SAML", samlIdp],
  ["OpenID Connect", oidcIdp],
])("a customer over %s", (_protocol, startIdp) => {
  it("is made, set up, tried out, filled, given a role, signed in, and signed out on leaving", async () => {
    const idp = await startIdp();
    const url = await makeCustomer();
    // As for each customer; the push waits until it has given its role.
    await gateway.api("POST", "/organizations/acme/roles", { key: "engineer", name: "Engineer" });
    const mapped = [{ group: "Engineering", role: "engineer" }];
    expect((await gateway.api("PUT", "/organizations/acme/group-mappings", mapped)).status).toBe(200);

    // The IdP admin: a test that fails names the field to change; changed, it succeeds, and the connection is activated.
    const page = await openPage(await newContext(browser), url);
    await idp.enter(page);
    await testSignIn(page);
    await page.getByRole("heading", { name: en.test.failed }).waitFor();
    await page.getByText(idp.told).waitFor();
    expect(await page.getByRole("button", { name: en.test.activate }).isDisabled()).toBe(true);
    await idp.mend(page);
    const again = await page.getByRole("button", { name: en.test.again }).count();
    await testSignIn(page, { signIn: goOn, ...(again > 0 ? { button: en.test.again } : {}) });
    await page.getByRole("heading", { name: en.test.succeeded }).waitFor();
    await page.getByRole("button", { name: en.test.activate }).click();
    await page.getByText(en.test.active).waitFor();

    // The directory, live.
    await go(page, en.steps.directory);
    await page.getByRole("button", { name: en.directory.create }).click();
    const shown = async (label: RegExp) =>
      (await page.getByRole("button", { name: label }).first().innerText()).trim();
    const token = await shown(/^Copy: token: /);
    const baseUrl = await shown(/^Copy: [^:]+: http\S+\/scim\/v2\//);
    await page.getByText(en.directory.watching).waitFor();
    await demoPush({ baseUrl, token });
    await page
      .getByRole("row", { name: /POST .*Groups/ })
      .first()
      .waitFor();

    // A group gives a role, and it is read before who gains it.
    await go(page, en.steps.groups);
    await page.getByRole("combobox", { name: "Role: Administrators" }).click();
    await page.getByRole("option", { name: "Admin" }).click();
    await page.getByRole("button", { name: en.groups.plan }).click();
    await page.getByText("1 gain a role, 0 lose one").waitFor();
    await page.getByText("gains admin").waitFor();
    await page.getByRole("button", { name: en.groups.save, exact: true }).click();
    await page.getByText(en.groups.saved).waitFor();

    // Ann signs in to an application, with the role.
    const app = await listen((_req, res) => void res.end("signed in"));
    closing.push(() => app.close());
    const callback = `${app.url}/callback`;
    const application = await addApplication(gateway, callback);
    const start = application.startUrl({ organization: "acme" });
    const ann = await (await newContext(browser)).newPage();
    const roles = async () => {
      const { body } = await gateway.api("GET", `/organizations/acme/members?email=${ANN}`);
      return (body as { items: { roles: string[] }[] }).items[0]?.roles;
    };
    await expect.poll(roles, { timeout: 20_000 }).toContain("admin");
    await ann.goto(start.url);
    await ann.getByRole("button", { name: "Sign in as Ann" }).click();
    await ann.waitForURL((url) => url.href.startsWith(callback));
    const { accessToken } = await application.tokensOf(start, ann.url());
    const userinfo = async () =>
      fetch(`${gateway.url}/oauth2/userinfo`, { headers: { authorization: `Bearer ${accessToken}` } });
    expect(await (await userinfo()).json()).toMatchObject({
      email: ANN,
      roles: expect.arrayContaining(["admin"]),
    });

    // The operator sees her in the overview's numbers; the directory deactivates her, and she is out.
    const operator = await openConsole(browser, gateway, "/organizations/acme/sessions");
    await operator.getByRole("row", { name: new RegExp(ANN) }).waitFor();
    await demoPush({ baseUrl, token }, "--deactivate", ANN);
    await expect.poll(async () => (await userinfo()).status, { timeout: 20_000 }).toBe(401);
    await ann.goto(application.startUrl({ organization: "acme" }).url);
    await goOn(ann);
    await ann.getByRole("alert").getByRole("heading").waitFor();
    await operator.goto(`${gateway.url}/console/organizations/acme/members?status=suspended`);
    await operator.getByRole("row", { name: new RegExp(ANN) }).waitFor();
  }, 240_000);
});
