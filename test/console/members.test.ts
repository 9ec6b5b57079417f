import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { launchBrowser } from "../harness/browser.ts";
import { startTestGateway, type TestGateway } from "../harness/gateway.ts";
import { violations } from "./accessibility.ts";
import { openConsole } from "./console-session.ts";

// Members: by hand and from a directory, why they have what they have, and whether they can sign in.

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
const made = z.object({ baseUrl: z.string(), token: z.string() });

async function post(path: string, body: unknown): Promise<unknown> {
  const answer = await gateway.api("POST", path, body);
  expect(answer.status).toBe(201);
  return answer.body;
}

/** An organization whose directory has pushed Ann into Engineering, which a mapping makes a role. */
async function newCompany(): Promise<{
  slug: string;
  scim(method: string, path: string, body: unknown): Promise<unknown>;
  annId: string;
}> {
  const slug = `staffed-${++organizations}`;
  await post("/organizations", { slug, name: "Company", domains: [`${slug}.example`] });
  await post(`/organizations/${slug}/roles`, {
    key: "engineer",
    name: "Engineer",
    permissions: ["code.write"],
  });
  const mapped = await gateway.api("PUT", `/organizations/${slug}/group-mappings`, [
    { group: "Engineering", role: "engineer" },
  ]);
  expect(mapped.status).toBe(200);
  const { baseUrl, token } = made.parse(await post(`/organizations/${slug}/directories`, { name: "Okta" }));
  const scim = async (method: string, path: string, body: unknown) => {
    const response = await fetch(`${baseUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/scim+json" },
      body: JSON.stringify(body),
    });
    expect(response.ok).toBe(true);
    return response.json() as Promise<unknown>;
  };
  const userName = `ann@${slug}.example`;
  const ann = withId.parse(
    await scim("POST", "/Users", {
      schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
      userName,
      name: { formatted: "Ann Lee" },
      emails: [{ value: userName, primary: true }],
    }),
  );
  await scim("POST", "/Groups", {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:Group"],
    displayName: "Engineering",
    members: [{ value: ann.id }],
  });
  const role = () =>
    gateway.database.prisma.roleBinding.count({
      where: { organization: { slug }, role: { key: "engineer" } },
    });
  await expect.poll(role, { timeout: 20_000 }).toBe(1);
  return { slug, scim, annId: ann.id };
}

describe("a member's page", () => {
  it("says why they have a role, and whether they can sign in, before and after the directory ended them", async () => {
    const { slug, scim, annId } = await newCompany();
    const page = await openConsole(browser, gateway, `/organizations/${slug}/members`);
    await page.getByRole("link", { name: `ann@${slug}.example` }).click();
    await page.getByText("Okta → Engineering → mapping Engineering").waitFor();
    await page.getByText("code.write").waitFor();
    await page.getByText("A directory knows them, where that is needed").waitFor();

    await scim("PATCH", `/Users/${annId}`, {
      schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
      Operations: [{ op: "replace", value: { active: false } }],
    });
    const active = () =>
      gateway.database.prisma.membership.count({ where: { organization: { slug }, status: "active" } });
    await expect.poll(active, { timeout: 20_000 }).toBe(0);
    await page.reload();
    await page.getByText("They cannot sign in", { exact: true }).waitFor();
    await page.getByText(`Deactivated as ann@${slug}.example in a directory`).first().waitFor();
  });

  it("takes a member added by hand through suspension, activation and removal", async () => {
    const { slug } = await newCompany();
    const page = await openConsole(browser, gateway, `/organizations/${slug}/members?panel=new`);
    await page.getByRole("textbox", { name: "Email" }).fill(`bob@${slug}.example`);
    await page.getByRole("textbox", { name: "Roles" }).fill("nothing");
    await page.getByRole("dialog").getByRole("button", { name: "Add member" }).click();
    await page.getByText("The organization has no role of this key").waitFor();
    await page.getByRole("textbox", { name: "Roles" }).fill("engineer");
    await page.getByRole("dialog").getByRole("button", { name: "Add member" }).click();
    await page.getByRole("heading", { level: 1, name: `bob@${slug}.example` }).waitFor();
    await page.getByText("Given by hand").waitFor();

    await page.getByRole("button", { name: "Suspend" }).click();
    await page.getByText("They are signed in nowhere now").waitFor();
    await page.getByRole("button", { name: "Suspend member" }).click();
    await page.getByRole("button", { name: "Activate" }).click();
    await page.getByRole("button", { name: "Suspend" }).waitFor();

    await page.getByRole("combobox", { name: "In this console" }).click();
    await page.getByRole("option", { name: "Admin" }).click();
    const given = () =>
      gateway.database.prisma.membership.count({ where: { user: { email: `bob@${slug}.example` } } });
    expect(await given()).toBe(1);

    await page.getByRole("button", { name: "Remove" }).click();
    await page.getByRole("button", { name: "Remove member" }).click();
    await page.getByRole("heading", { level: 1, name: "Members" }).waitFor();
    await expect.poll(given).toBe(0);
  });
});

it.each([{}, { dark: true }, { phone: true }])(
  "axe finds nothing on members' pages (%j)",
  async (options) => {
    const { slug } = await newCompany();
    const page = await openConsole(browser, gateway, `/organizations/${slug}/members`, options);
    await page.getByRole("link", { name: `ann@${slug}.example` }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole("link", { name: `ann@${slug}.example` }).click();
    await page.getByText("Okta → Engineering → mapping Engineering").waitFor();
    await page.waitForLoadState("networkidle");
    expect(await violations(page)).toEqual([]);
    await page.goto(`${gateway.url}/console/organizations/${slug}/members?panel=new`);
    await page.getByRole("textbox", { name: "Email" }).waitFor();
    expect(await violations(page)).toEqual([]);
  },
);
