import { startMetadataServer } from "@sallyport/connections/idp-metadata/testing";
import { newId } from "@sallyport/database";
import { selfSignedCertificate } from "@sallyport/saml";
import { createTestIdp, newRsaKey } from "@sallyport/saml/testing";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { launchBrowser } from "../harness/browser.ts";
import { startTestGateway, type TestGateway } from "../harness/gateway.ts";
import { violations } from "./accessibility.ts";
import { openConsole } from "./console-session.ts";

// Connections: what is set up, who is signed in by it, and why a sign-in was refused.

let gateway: TestGateway;
let browser: Browser;
let organizations = 0;

beforeAll(async () => {
  gateway = await startTestGateway({ env: { OUTBOUND_ALLOW: "127.0.0.0/8,::1/128" } });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await gateway?.stop();
});

const DAY_MS = 24 * 3_600_000;

const madeConnection = z.object({
  id: z.string(),
  saml: z.object({ acsUrl: z.string(), spEntityId: z.string() }),
});

const universalLogoutOf = z.object({
  saml: z.object({
    globalTokenRevocationUri: z.string(),
    universalLogout: z.object({ issuer: z.string(), jwksUri: z.string() }).nullable(),
  }),
});

interface Company {
  readonly slug: string;
  readonly organizationId: string;
  readonly connection: z.output<typeof madeConnection>;
}

async function post(path: string, body: unknown): Promise<unknown> {
  const answer = await gateway.api("POST", path, body);
  expect(answer.status).toBe(201);
  return answer.body;
}

/** An organization that signs in by Okta, whose certificate ends in ten days. */
async function newCompany(): Promise<Company> {
  const slug = `connected-${++organizations}`;
  const { id } = z.object({ id: z.string() }).parse(await post("/organizations", { slug, name: "Company" }));
  const certificate = selfSignedCertificate({
    privateKey: newRsaKey(),
    commonName: "okta",
    notBefore: new Date("2020-01-01"),
    notAfter: new Date(Date.now() + 10 * DAY_MS + DAY_MS / 2),
  });
  const connection = madeConnection.parse(
    await post(`/organizations/${slug}/connections`, {
      type: "saml",
      name: "Okta",
      provider: "okta",
      saml: {
        idpEntityId: `http://www.okta.example/${slug}`,
        ssoUrl: "https://okta.example/sso",
        certificates: [certificate],
      },
    }),
  );
  return { slug, organizationId: id, connection };
}

/** Somebody who is signed in by the connection. */
async function newSession({ organizationId, connection }: Company): Promise<void> {
  const { prisma } = gateway.database;
  const { id: userId } = await prisma.user.create({ data: { id: newId(), organizationId } });
  await prisma.session.create({
    data: {
      id: newId(),
      organizationId,
      userId,
      connectionId: connection.id,
      identityId: newId(),
      amr: [],
      groups: [],
      expiresAt: new Date(Date.now() + 3_600_000),
    },
  });
}

const RESPONSE =
  '<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" ID="r"><a:Assertion xmlns:a="urn:oasis:names:tc:SAML:2.0:assertion">' +
  "<a:Issuer>idp</a:Issuer><a:Conditions><a:AudienceRestriction><a:Audience>https://elsewhere.example</a:Audience>" +
  "</a:AudienceRestriction></a:Conditions></a:Assertion></p:Response>";

/** What is recorded of a sign-in whose audience is another one. */
async function newRefusal({ organizationId, connection }: Company): Promise<string> {
  const at = new Date().toISOString();
  const { id } = await gateway.database.prisma.loginRecord.create({
    data: {
      id: newId(),
      organizationId,
      connectionId: connection.id,
      requestId: newId(),
      outcome: "failure",
      errorCode: "audience_mismatch",
      steps: [
        { name: "started", at },
        { name: "redirected", at },
        { name: "response_received", at },
        {
          name: "failed",
          at,
          detail: {
            code: "audience_mismatch",
            message: "The assertion is meant for somebody else.",
            fix: "Set it to the entity ID.",
            detail: `expected ${connection.saml.spEntityId}, got https://elsewhere.example`,
          },
        },
      ],
      request: "<AuthnRequest/>",
      response: RESPONSE,
    },
  });
  return id;
}

const pathOf = ({ slug, connection }: Company) => `/organizations/${slug}/connections/${connection.id}`;
const heading = (page: Page, name: string) => page.getByRole("heading", { level: 1, name, exact: true });

describe("a connection", () => {
  it("is found in the list with its problem, shows our values, and is renamed", async () => {
    const company = await newCompany();
    const page = await openConsole(browser, gateway, `/organizations/${company.slug}/connections`);
    await page.getByRole("row", { name: /Okta.*The certificate ends in 10 days/ }).waitFor();
    await page.getByRole("link", { name: "Okta" }).click();
    await page.getByText(company.connection.saml.acsUrl).waitFor();
    await page
      .getByRole("button", { name: `Entity ID (audience): ${company.connection.saml.spEntityId}` })
      .waitFor();
    await page.getByRole("textbox", { name: "Name" }).fill("Okta (EU)");
    await page.getByRole("button", { name: "Save changes" }).first().click();
    await heading(page, "Okta (EU)").waitFor();
  });

  it("lets its identity provider end all of a person's sessions, or lets it no more", async () => {
    const company = await newCompany();
    const setting = async () => {
      const path = `/organizations/${company.slug}/connections/${company.connection.id}`;
      return universalLogoutOf.parse((await gateway.api("GET", path)).body).saml;
    };
    expect((await setting()).universalLogout).toBeNull();
    const page = await openConsole(browser, gateway, pathOf(company));
    const section = page.getByRole("region", { name: "Universal logout" });
    const [issuer, keys] = [
      section.getByRole("textbox", { name: "Issuer" }),
      section.getByRole("textbox", { name: "Address of its keys (JWKS)" }),
    ];
    // What is registered at the identity provider is among our values.
    const { globalTokenRevocationUri } = await setting();
    await page.getByText(globalTokenRevocationUri).waitFor();
    expect(await section.getByRole("button", { name: "Turn off" }).count()).toBe(0);

    await issuer.fill("https://acme.okta.example");
    await keys.fill("not an address");
    await section.getByRole("button", { name: "Save changes" }).click();
    await expect.poll(() => keys.getAttribute("aria-invalid")).toBe("true");
    expect(await issuer.inputValue()).toBe("https://acme.okta.example");
    expect((await setting()).universalLogout).toBeNull();

    const jwksUri = "https://acme.okta.example/oauth2/v1/keys";
    await keys.fill(jwksUri);
    await section.getByRole("button", { name: "Save changes" }).click();
    await section.getByRole("button", { name: "Turn off" }).waitFor();
    expect((await setting()).universalLogout).toEqual({ issuer: "https://acme.okta.example", jwksUri });
    await page.reload();
    await expect.poll(() => keys.inputValue()).toBe(jwksUri);
    expect(await violations(page)).toEqual([]);

    await section.getByRole("button", { name: "Turn off" }).click();
    await expect.poll(async () => (await setting()).universalLogout).toBeNull();
    await expect.poll(() => issuer.inputValue()).toBe("");
  });

  it("says how many sessions its end ends, and is disabled, enabled and deleted", async () => {
    const company = await newCompany();
    await newSession(company);
    await newSession(company);
    await newSession(await newCompany());
    const page = await openConsole(browser, gateway, pathOf(company));
    const dialog = page.getByRole("dialog");
    const live = () =>
      gateway.database.prisma.session.count({
        where: { organizationId: company.organizationId, revokedAt: null },
      });
    expect(await live()).toBe(2);
    await page.getByRole("button", { name: "Disable connection" }).click();
    await dialog.getByText("2 sessions end, in every application.").waitFor();
    await dialog.getByRole("button", { name: "Disable connection" }).click();
    await page.getByRole("button", { name: "Enable connection" }).click();
    await page.getByRole("button", { name: "Disable connection" }).waitFor();
    expect(await live()).toBe(0);

    await page.getByRole("button", { name: "Delete connection" }).click();
    await dialog.getByText("Nobody is signed in by it now.").waitFor();
    const remove = dialog.getByRole("button", { name: "Delete connection" });
    expect(await remove.isDisabled()).toBe(true);
    await dialog.getByRole("textbox").fill("Okta");
    await remove.click();
    await page.getByText("No connection yet").waitFor();
  });

  it("of another organization is not found", async () => {
    const company = await newCompany();
    const other = await newCompany();
    const page = await openConsole(browser, gateway, pathOf({ ...company, slug: other.slug }));
    await heading(page, "There is nothing at this address").waitFor();
  });
});

/** A connection whose every change of the metadata is held back, with one that waits to be looked at. */
async function newHeldChange() {
  const { slug } = await newCompany();
  const entityId = `https://${slug}.example`;
  const server = await startMetadataServer(createTestIdp({ entityId }).metadata());
  const { id } = z.object({ id: z.string() }).parse(
    await post(`/organizations/${slug}/connections`, {
      type: "saml",
      name: "Followed",
      saml: { metadataUrl: server.url, holdMetadataChanges: true },
    }),
  );
  const certificate = selfSignedCertificate({
    privateKey: newRsaKey(),
    commonName: "next-key",
    notBefore: new Date("2020-01-01"),
    notAfter: new Date("2040-01-01"),
  });
  server.serve(createTestIdp({ entityId }).metadata({ certificates: [certificate] }));
  return { path: `/organizations/${slug}/connections/${id}/metadata`, server };
}

describe("a change of the metadata", () => {
  it("waits with its certificates told, until it is applied", async () => {
    const { path, server } = await newHeldChange();
    const page = await openConsole(browser, gateway, path);
    await page.getByText("The settings are as the metadata says.").waitFor();
    await page.getByRole("button", { name: "Look now" }).click();
    await page.getByText(/Certificate that is added: .*next-key/).waitFor();
    await page.getByText(/Certificate that is removed/).waitFor();
    await page.waitForLoadState("networkidle");
    expect(await violations(page)).toEqual([]);
    await page.getByRole("button", { name: "Apply the change" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Apply the change" }).click();
    await page.getByText("The settings are as the metadata says.").waitFor();
    await page.getByRole("link", { name: "Settings", exact: true }).last().click();
    await page.getByText("next-key").waitFor();
    await server.close();
  });
});

it("a connection's keys are rotated, and the effect is told before", async () => {
  const company = await newCompany();
  const page = await openConsole(browser, gateway, `${pathOf(company)}/keys`);
  await page.getByRole("button", { name: "Create the first key" }).click();
  await page.getByRole("row", { name: /Signing/ }).waitFor();
  expect(await violations(page)).toEqual([]);
  await page.getByRole("button", { name: "Create a second key" }).click();
  const second = page.getByRole("row", { name: /Standing by.*Not yet/ });
  await second.hover();
  await second.getByRole("button", { name: "Activate" }).click();
  await page
    .getByRole("dialog")
    .getByText(/Nobody has read the metadata with this key/)
    .waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Activate key" }).click();
  const states = () =>
    gateway.database.prisma.connectionKey.findMany({
      where: { connectionId: company.connection.id },
      orderBy: { createdAt: "asc" },
      select: { signs: true, retiredAt: true },
    });
  await expect.poll(states).toMatchObject([{ signs: false }, { signs: true }]);
  const first = page.getByRole("row", { name: /Standing by/ });
  await first.hover();
  await first.getByRole("button", { name: "Retire" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Retire key" }).click();
  await page.getByRole("row", { name: /Retired/ }).waitFor();
  await expect.poll(states).toMatchObject([{ retiredAt: expect.any(Date) }, { signs: true }]);
});

describe("the debugger", () => {
  it("is found by the cause, and tells what came, what was expected, and what to change in Okta", async () => {
    const company = await newCompany();
    const id = await newRefusal(company);
    const page = await openConsole(browser, gateway, `${pathOf(company)}/logins?errorCode=signature_invalid`);
    await page.getByText("Nothing matches these filters").waitFor();
    await page.goto(
      `${gateway.url}/console${pathOf(company)}/logins?errorCode=audience_mismatch&outcome=failure`,
    );
    await page
      .getByRole("row", { name: /Refused.*audience_mismatch/ })
      .getByRole("link")
      .click();

    const alert = page.getByRole("alert");
    await alert.getByText("The assertion is meant for somebody else.").waitFor();
    expect(await alert.innerText()).toMatch(/Okta › Audience URI \(SP Entity ID\):/);
    expect(await alert.getByRole("definition").allInnerTexts()).toEqual([
      company.connection.saml.spEntityId,
      "https://elsewhere.example",
    ]);
    expect(
      await page.getByRole("region", { name: "What happened" }).getByRole("listitem").allInnerTexts(),
    ).toEqual(
      ["The sign-in began", "Sent to Okta", "Okta answered", "Refused"].map((step) =>
        expect.stringContaining(step),
      ),
    );
    const checks = await page
      .getByRole("region", { name: "What was checked" })
      .getByRole("listitem")
      .allTextContents();
    expect(checks).toContain("Passed: Signed by the identity provider's key, and unchanged since");
    expect(checks).toContain("Failed: Its audience is our entity ID");
    expect(checks).toContain("Not looked at: It says how and when the person signed in");
    const marked = page.locator('.message-line[data-verdict="failed"]');
    expect(await marked.allTextContents()).toEqual([
      "Failed:         <a:Audience>https://elsewhere.example</a:Audience>",
    ]);
    expect(new URL(page.url()).pathname).toBe(`/console${pathOf(company)}/logins/${id}`);
  });

  it("does not show a record under another connection", async () => {
    const company = await newCompany();
    const other = await newCompany();
    const id = await newRefusal(company);
    const page = await openConsole(browser, gateway, `${pathOf(other)}/logins/${id}`);
    await heading(page, "There is nothing at this address").waitFor();
  });
});

it.each([{}, { dark: true }, { phone: true }])(
  "axe finds nothing on connections' pages (%j)",
  async (options) => {
    const company = await newCompany();
    const recordId = await newRefusal(company);
    const page = await openConsole(browser, gateway, `/organizations/${company.slug}/connections`, options);
    await page.getByRole("link", { name: "Okta" }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.goto(`${gateway.url}/console${pathOf(company)}`);
    await page.getByRole("heading", { name: "Our values" }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.goto(`${gateway.url}/console${pathOf(company)}/logins`);
    await page.getByText("audience_mismatch").waitFor();
    expect(await violations(page)).toEqual([]);
    await page.goto(`${gateway.url}/console${pathOf(company)}/logins/${recordId}`);
    await page.getByRole("heading", { name: "What was checked" }).waitFor();
    expect(await violations(page)).toEqual([]);
  },
);
