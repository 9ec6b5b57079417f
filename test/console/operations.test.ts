import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { newId } from "@sallyport/database";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { launchBrowser } from "../harness/browser.ts";
import { startTestGateway, type TestGateway } from "../harness/gateway.ts";
import { violations } from "./accessibility.ts";
import { openConsole } from "./console-session.ts";

// What an operator looks after day by day: sessions, the audit trail, API keys, the gateway's own keys.

let gateway: TestGateway;
let browser: Browser;
let organizations = 0;

beforeAll(async () => {
  gateway = await startTestGateway();
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await gateway?.stop();
});

const withId = z.object({ id: z.string() });
const heading = (page: Page, name: string) => page.getByRole("heading", { level: 1, name, exact: true });

async function newOrganization(): Promise<{ slug: string; id: string }> {
  const slug = `company-${++organizations}`;
  const { body } = await gateway.api("POST", "/organizations", { slug, name: "Company" });
  return { slug, id: withId.parse(body).id };
}

/** Somebody who is signed in. */
async function newSession(organization: { slug: string; id: string }, email: string): Promise<string> {
  const added = await gateway.api("POST", `/organizations/${organization.slug}/members`, { email });
  expect(added.status).toBe(201);
  const { prisma } = gateway.database;
  const { id: userId } = await prisma.user.findFirstOrThrow({
    where: { organizationId: organization.id, email },
  });
  const { id } = await prisma.session.create({
    data: {
      id: newId(),
      organizationId: organization.id,
      userId,
      connectionId: newId(),
      identityId: newId(),
      amr: ["pwd", "mfa"],
      groups: [],
      expiresAt: new Date(Date.now() + 3_600_000),
    },
  });
  return id;
}

describe("sessions", () => {
  it("are listed with their people, and end when an administrator says so", async () => {
    const company = await newOrganization();
    const id = await newSession(company, "ann@company.example");
    await newSession(company, "bob@company.example");
    const page = await openConsole(browser, gateway, `/organizations/${company.slug}/sessions`);
    await page.getByRole("link", { name: "ann@company.example" }).click();
    const panel = page.getByRole("dialog");
    await panel.getByText("pwd, mfa").waitFor();
    expect(new URL(page.url()).searchParams.get("session")).toBe(id);
    await page.keyboard.press("Escape");

    const row = page.getByRole("row", { name: /ann@company.example/ });
    await row.hover();
    await row.getByRole("button", { name: "End session" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "End session" }).click();
    await row.getByText("Ended").waitFor();
    const { revokedAt } = await gateway.database.prisma.session.findUniqueOrThrow({ where: { id } });
    expect(revokedAt).not.toBeNull();

    await page.goto(`${gateway.url}/console/organizations/${company.slug}/sessions?live=true`);
    await page.getByRole("link", { name: "bob@company.example" }).waitFor();
    expect(await page.getByRole("link", { name: "ann@company.example" }).count()).toBe(0);
  });
});

describe("the audit trail", () => {
  it("shows what each event changed, filters, and is exported whole", async () => {
    const company = await newOrganization();
    await gateway.api("PATCH", `/organizations/${company.slug}`, { name: "=Renamed" });
    const page = await openConsole(browser, gateway, `/organizations/${company.slug}/audit`);
    await page.getByRole("link", { name: "organization.updated" }).click();
    await page.getByRole("dialog").getByText('"name": "=Renamed"').waitFor();
    await page.keyboard.press("Escape");

    await page.getByRole("button", { name: "Export" }).click();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("menuitem", { name: "As CSV" }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(`audit-${company.slug}.csv`);
    const lines = (await readFile(await download.path(), "utf8")).trimEnd().split("\r\n");
    const events = await gateway.database.prisma.event.count({ where: { organizationId: company.id } });
    expect(lines.length).toBe(events + 2);
    expect(lines.at(-1)).toBe(`# end: ${events} events${",".repeat(13)}`);

    await page.getByRole("button", { name: "By", exact: true }).click();
    await page.getByRole("radio", { name: "Directory" }).click();
    await page.getByRole("heading", { name: "Nothing matches these filters" }).waitFor();
    expect(new URL(page.url()).searchParams.get("actor")).toBe("directory");
  });
});

describe("the seals of the audit trail", () => {
  it("are verified by a click, and what somebody changed is named in both languages", async () => {
    const company = await newOrganization();
    const page = await openConsole(browser, gateway, `/organizations/${company.slug}/audit`);
    await page.getByText("Not verified yet").waitFor();
    // Within the ten seconds that the worker takes.
    await vi.waitFor(
      async () => {
        const { body } = await gateway.api("GET", `/organizations/${company.slug}/audit-trail`);
        expect(body).toMatchObject({ unsealed: 0, seals: expect.any(Number) });
        expect(body).not.toMatchObject({ seals: 0 });
      },
      { timeout: 30_000, interval: 200 },
    );
    await page.getByRole("button", { name: "Verify now" }).click();
    await page.getByText(/events are as they were sealed/).waitFor();

    await page.getByRole("link", { name: "organization.created" }).click();
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Download proof" }).click(),
    ]);
    const { proof, jwk } = JSON.parse(await readFile(await file.path(), "utf8"));
    expect(proof).toMatchObject({ entry: { type: "organization.created", organizationId: company.id } });
    // By the program of docs/audit-trail.md, which has nothing but the file.
    const docs = await readFile("docs/audit-trail.md", "utf8");
    const program = /```js\n(.*?)```/s.exec(docs)?.[1] ?? "";
    const check = (what: unknown) =>
      execFileSync(process.execPath, ["--input-type=module", "-e", program], { input: JSON.stringify(what) });
    expect(check({ proof, jwk }).toString()).toBe("true\n");
    expect(check({ proof: { ...proof, entry: { ...proof.entry, type: "x" } }, jwk }).toString()).toBe(
      "false\n",
    );
    await page.keyboard.press("Escape");

    const change =
      "UPDATE events SET ip = '203.0.113.9' WHERE organization_id = $1 AND type = 'organization.created'";
    await gateway.database.sql.query(change, [company.id]);
    await page.getByRole("button", { name: "Verify now" }).click();
    await page.getByText("1 thing is not as it was sealed").first().waitFor();
    await page.getByRole("button", { name: "Seals and keys" }).click();
    const panel = page.getByRole("dialog");
    await panel.getByText("An event was changed, or another one is in its place").waitFor();
    await panel.getByText("Public key").first().waitFor();
    await panel.getByText("Nowhere. Whoever has the database", { exact: false }).waitFor();
    await gateway.database.sql.query(
      "INSERT INTO audit_anchor_places VALUES ('file /roots.jsonl', now(), now(), 'No space left')",
    );
    await page.reload();
    await page.getByText("The last seals cannot be written down outside, since").waitFor();
    await panel.getByText(/Fails since/).waitFor();
    expect(await panel.getByText("roots.jsonl").count()).toBe(0);
    await gateway.database.sql.query("DELETE FROM audit_anchor_places");
    expect(new URL(page.url()).searchParams.get("trail")).toBe("open");
    expect(await violations(page)).toEqual([]);
  });

  it("stand beside filters by who, what, outcome and request", async () => {
    const company = await newOrganization();
    const page = await openConsole(browser, gateway, `/organizations/${company.slug}/audit`);
    await page.getByRole("button", { name: "Outcome" }).click();
    await page.getByRole("radio", { name: "Denied" }).click();
    await page.getByRole("heading", { name: "Nothing matches these filters" }).waitFor();
    await page.goto(`${page.url().split("?")[0]}?resource=${company.id}`);
    await page.getByRole("link", { name: "organization.created" }).waitFor();
    expect(await page.getByRole("link", { name: "role.created" }).count()).toBe(0);
  });
});

describe("API keys", () => {
  it("are made with no more than they need, shown once, and revoked", async () => {
    const company = await newOrganization();
    const page = await openConsole(browser, gateway, "/api-keys");
    await heading(page, "API keys").waitFor();
    await page.getByRole("button", { name: "New API key" }).first().click();
    const panel = page.getByRole("dialog");
    await panel.getByRole("textbox", { name: "Name" }).fill("billing");
    await panel.getByRole("textbox", { name: "Organization" }).fill("nobody");
    await panel.getByRole("button", { name: "Create API key" }).click();
    await panel.getByRole("alert").waitFor();
    await panel.getByRole("textbox", { name: "Organization" }).fill(company.slug);
    await panel.getByRole("button", { name: "Create API key" }).click();
    const key = await panel.getByText(/^sp_/).innerText();
    const read = await gateway.api("GET", `/organizations/${company.slug}`, undefined, key);
    expect(read.status).toBe(200);
    const write = await gateway.api("PATCH", `/organizations/${company.slug}`, { name: "X" }, key);
    expect(write.status).toBe(403);
    await panel.getByRole("button", { name: "I have copied it" }).click();

    const row = page.getByRole("row", { name: /billing/ });
    await row.hover();
    await row.getByRole("button", { name: "Revoke" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Revoke key" }).click();
    await row.getByText("Revoked").waitFor();
    expect((await gateway.api("GET", `/organizations/${company.slug}`, undefined, key)).status).toBe(401);
  });
});

describe("keys", () => {
  it("rotate: the new one is published beside the old", async () => {
    const page = await openConsole(browser, gateway, "/keys");
    await heading(page, "Keys").waitFor();
    const before = await gateway.database.prisma.signingKey.count();
    await page.getByRole("button", { name: "Rotate" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Rotate keys" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await gateway.database.prisma.signingKey.count()).toBeGreaterThan(before);
    await page.getByText("Seals what is new").waitFor();
  });
});

it.each([{}, { dark: true }, { phone: true }])("axe finds nothing on these pages (%j)", async (options) => {
  const company = await newOrganization();
  const session = await newSession(company, "cleo@company.example");
  await gateway.api("POST", "/api-keys", { name: "a key" });
  const page = await openConsole(browser, gateway, "", options);
  for (const path of [
    `/organizations/${company.slug}/sessions`,
    `/organizations/${company.slug}/sessions?session=${session}`,
    `/organizations/${company.slug}/audit`,
    "/api-keys",
    "/api-keys?panel=new",
    "/keys",
    "/audit",
  ]) {
    await page.goto(`${gateway.url}/console${path}`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForLoadState("networkidle");
    expect([path, await violations(page)]).toEqual([path, []]);
  }
});
