import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { launchBrowser } from "../harness/browser.ts";
import { startTestGateway, type TestGateway } from "../harness/gateway.ts";
import { violations } from "./accessibility.ts";
import { openConsole } from "./console-session.ts";

// Roles, the groups that give them, and what directories would take from many at once.

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
const withDirectory = z.object({ baseUrl: z.string(), token: z.string() });

async function call(method: string, path: string, body: unknown): Promise<unknown> {
  const answer = await gateway.api(method, path, body);
  expect(answer.status).toBeLessThan(300);
  return answer.body;
}

interface Company {
  readonly slug: string;
  /** Of the directory's users. */
  readonly ids: readonly string[];
  deactivate(id: string): Promise<void>;
  /** How many members have a role. */
  withRole(key: string): Promise<number>;
  active(): Promise<number>;
}

/** An organization with the role Engineer, and a directory that has pushed two people in the group Engineering. */
async function newCompany(): Promise<Company> {
  const slug = `roled-${++organizations}`;
  await call("POST", "/organizations", { slug, name: "Company", domains: [`${slug}.example`] });
  await call("POST", `/organizations/${slug}/roles`, { key: "engineer", name: "Engineer" });
  const { baseUrl, token } = withDirectory.parse(
    await call("POST", `/organizations/${slug}/directories`, { name: "Okta" }),
  );
  const scim = async (method: string, path: string, body: unknown) => {
    const response = await fetch(`${baseUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/scim+json" },
      body: JSON.stringify(body),
    });
    expect(response.ok).toBe(true);
    return withId.parse(await response.json());
  };
  const ids: string[] = [];
  for (const name of ["ann", "ben"]) {
    const userName = `${name}@${slug}.example`;
    const { id } = await scim("POST", "/Users", {
      schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
      userName,
      emails: [{ value: userName, primary: true }],
    });
    ids.push(id);
  }
  await scim("POST", "/Groups", {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:Group"],
    displayName: "Engineering",
    members: ids.map((value) => ({ value })),
  });
  const { prisma } = gateway.database;
  const company: Company = {
    slug,
    ids,
    deactivate: async (id) => {
      await scim("PATCH", `/Users/${id}`, {
        schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        Operations: [{ op: "replace", value: { active: false } }],
      });
    },
    withRole: (key) => prisma.roleBinding.count({ where: { organization: { slug }, role: { key } } }),
    active: () => prisma.membership.count({ where: { organization: { slug }, status: "active" } }),
  };
  await expect.poll(company.active, { timeout: 20_000 }).toBe(2);
  return company;
}

/** The company's guard holds whatever takes access from anybody, and its directory has just deactivated both people. */
async function holdEverything({ slug, ids, deactivate }: Company): Promise<void> {
  await call("PUT", `/organizations/${slug}/guard`, { share: 0, people: 1, minutes: 60 });
  for (const id of ids) {
    await deactivate(id);
  }
  const held = () =>
    gateway.api("GET", `/organizations/${slug}/held-changes?status=held`).then(({ body }) => body);
  await expect.poll(held, { timeout: 20_000 }).toMatchObject({ items: [{ people: 2 }] });
}

const pick = async (page: Page, label: string, option: string) => {
  await page.getByRole("combobox", { name: label }).click();
  await page.getByRole("option", { name: option }).click();
};

describe("roles", () => {
  it("are created, changed and deleted, which tells what ends", async () => {
    const { slug } = await newCompany();
    const page = await openConsole(browser, gateway, `/organizations/${slug}/roles`);
    await page.getByRole("button", { name: "Create role" }).click();
    const panel = page.getByRole("dialog");
    await panel.getByRole("textbox", { name: "Name" }).fill("Billing administrator");
    await panel.getByRole("textbox", { name: "Key" }).fill("Billing Admin");
    await panel.getByRole("button", { name: "Create role" }).click();
    await panel.getByText("Must be 1 to 63 of a-z, 0-9").waitFor();
    await panel.getByRole("textbox", { name: "Key" }).fill("billing-admin");
    await panel.getByLabel("Permissions").fill("billing:read billing:write ");
    await panel.getByRole("button", { name: "Create role" }).click();
    await panel.getByText("billing-admin", { exact: true }).waitFor();

    await panel.getByRole("textbox", { name: "Name" }).fill("Treasurer");
    await panel.getByRole("button", { name: "Save changes" }).click();
    await page.getByRole("link", { name: "Treasurer" }).waitFor();
    const stored = () => gateway.database.prisma.role.findMany({ where: { key: "billing-admin" } });
    expect(await stored()).toMatchObject([
      { name: "Treasurer", permissions: ["billing:read", "billing:write"] },
    ]);

    await panel.getByRole("button", { name: "Delete role" }).click();
    await page.getByText("No group gives it.").waitFor();
    await page
      .getByRole("dialog", { name: "Delete the role" })
      .getByRole("button", { name: "Delete role" })
      .click();
    await page.getByRole("link", { name: "Treasurer" }).waitFor({ state: "detached" });
    expect(await stored()).toEqual([]);
  });

  it("tells before one is deleted how many mappings end, and who loses it", async () => {
    const { slug, withRole } = await newCompany();
    await call("PUT", `/organizations/${slug}/group-mappings`, [{ group: "Engineering", role: "engineer" }]);
    await expect.poll(() => withRole("engineer"), { timeout: 20_000 }).toBe(2);
    const page = await openConsole(browser, gateway, `/organizations/${slug}/roles`);
    await page.getByRole("link", { name: "Engineer" }).click();
    await page.getByRole("button", { name: "Delete role" }).click();
    await page.getByText("1 group mapping ends with it, and 2 people lose it by that.").waitFor();
  });

  it("that every member has cannot be deleted", async () => {
    const { slug } = await newCompany();
    const page = await openConsole(browser, gateway, `/organizations/${slug}/roles`);
    await page.getByRole("link", { name: "Member", exact: true }).click();
    await page.getByRole("button", { name: "Save changes" }).waitFor();
    expect(await page.getByRole("button", { name: "Delete role" }).count()).toBe(0);
  });
});

describe("group mappings", () => {
  it("tell who gains and who loses before they are saved", async () => {
    const { slug, withRole } = await newCompany();
    const page = await openConsole(browser, gateway, `/organizations/${slug}/roles/mappings`);
    await page.getByRole("combobox", { name: "Group" }).fill("engineering");
    await pick(page, "Role", "Engineer");
    await page.getByRole("button", { name: "Add mapping" }).click();
    await page.getByText("2 gain a role · 0 lose a role").waitFor();
    await page.getByText(`ann@${slug}.example: gains engineer`).waitFor();
    expect(await withRole("engineer")).toBe(0);
    await page.getByRole("button", { name: "Save mappings" }).click();
    await page.getByText("The mappings are saved").waitFor();
    await expect.poll(() => withRole("engineer"), { timeout: 20_000 }).toBe(2);

    await page.getByRole("button", { name: "Remove: engineering, engineer" }).click();
    await page.getByText("0 gain a role · 2 lose a role").waitFor();
    await page.getByRole("button", { name: "Keep: engineering, engineer" }).click();
    await page.getByRole("button", { name: "Save mappings" }).waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Remove: engineering, engineer" }).click();
    await page.getByRole("button", { name: "Save mappings" }).click();
    await expect.poll(() => withRole("engineer"), { timeout: 20_000 }).toBe(0);
  });
});

describe("mappings by prefix and pattern", () => {
  it("show which groups they name, and are saved as they are", async () => {
    const { slug, withRole } = await newCompany();
    const page = await openConsole(browser, gateway, `/organizations/${slug}/roles/mappings`);
    await pick(page, "Match", "Pattern");
    await page.getByRole("combobox", { name: "Pattern" }).fill("engineering");
    await page.getByText("A pattern has a *").waitFor();
    await page.getByRole("combobox", { name: "Pattern" }).fill("eng*ing");
    await page.getByText("Names 1 group: Engineering").waitFor();
    await pick(page, "Role", "Engineer");
    await page.getByRole("button", { name: "Add mapping" }).click();
    await page.getByText("2 gain a role · 0 lose a role").waitFor();
    await page.getByRole("button", { name: "Save mappings" }).click();
    await expect.poll(() => withRole("engineer"), { timeout: 20_000 }).toBe(2);
    const { body } = await gateway.api("GET", `/organizations/${slug}/group-mappings`);
    expect(body).toMatchObject({ items: [{ group: "eng*ing", match: "pattern", role: "engineer" }] });
    const why = await gateway.api("GET", `/organizations/${slug}/members`);
    const [member] = z.object({ items: z.array(withId) }).parse(why.body).items;
    await page.goto(`${gateway.url}/console/organizations/${slug}/members/${member?.id}`);
    await page.getByText("mapping by the pattern eng*ing").waitFor();
  });
});

describe("the policy", () => {
  it("tells who gains and who loses before it is saved, and has who comes late wait for a seat", async () => {
    const { slug, withRole } = await newCompany();
    const other = withDirectory.parse(
      await call("POST", `/organizations/${slug}/directories`, { name: "Payroll" }),
    );
    const page = await openConsole(browser, gateway, `/organizations/${slug}/roles/policy`);
    await page.getByText("2 active members").waitFor();
    await pick(page, "Default role", "Engineer");
    await page.getByText("2 gain a role · 0 lose a role").waitFor();
    await page.getByRole("button", { name: "Put Payroll first" }).click();
    await page.getByRole("button", { name: "Put Okta next" }).click();
    await page.getByRole("button", { name: "Move Okta up" }).click();
    await page.getByRole("textbox", { name: "Seats" }).fill("2");
    await page.getByRole("radio", { name: "Whoever comes waits" }).waitFor();
    await page.getByText("2 gain a role · 0 lose a role").waitFor();
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByText("2 of 2 seats used").waitFor();
    await expect.poll(() => withRole("engineer"), { timeout: 20_000 }).toBe(2);
    const { body } = await gateway.api("GET", `/organizations/${slug}/access-policy`);
    expect(body).toMatchObject({ defaultRole: "engineer", directories: { roles: "all" } });

    const pushed = await fetch(`${other.baseUrl}/Users`, {
      method: "POST",
      headers: { authorization: `Bearer ${other.token}`, "content-type": "application/scim+json" },
      body: JSON.stringify({
        schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
        userName: `late@${slug}.example`,
        emails: [{ value: `late@${slug}.example` }],
      }),
    });
    expect(pushed.status).toBe(201);
    const waiting = () =>
      gateway.api("GET", `/organizations/${slug}/members?status=waiting`).then((answer) => answer.body);
    await expect.poll(waiting, { timeout: 20_000 }).toMatchObject({ items: [{ roles: [] }] });
    await page.goto(`${gateway.url}/console/organizations/${slug}/members?status=waiting`);
    await page.getByText("Waiting for a seat").first().waitFor();
    await page.goto(`${gateway.url}/console/organizations/${slug}/roles/policy`);
    await page.getByText("1 waiting for a seat").waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it.each([{ dark: true }, { phone: true }])("has nothing that axe finds (%j)", async (options) => {
    const { slug } = await newCompany();
    const second = withId.parse(
      await call("POST", `/organizations/${slug}/directories`, { name: "Payroll" }),
    );
    await call("PATCH", `/organizations/${slug}/access-policy`, {
      defaultRole: "engineer",
      directories: { order: [second.id] },
      seats: { limit: 10 },
    });
    const page = await openConsole(browser, gateway, `/organizations/${slug}/roles/policy`, options);
    await page.getByText("2 of 10 seats used").waitFor();
    expect(await violations(page)).toEqual([]);
  });
});

describe("a held change", () => {
  it("shows on every page about roles, with whom it concerns, and is rejected and then confirmed", async () => {
    const company = await newCompany();
    await holdEverything(company);
    const page = await openConsole(browser, gateway, `/organizations/${company.slug}/roles`);
    await page.getByText("Okta would take access from 2 people at once").waitFor();
    await page.getByRole("link", { name: "See whom it concerns" }).click();
    const panel = page.getByRole("dialog");
    await panel.getByText(`ann@${company.slug}.example: could sign in no longer`).waitFor();
    await panel.getByRole("button", { name: "Reject change" }).click();
    await panel.getByText("Rejected", { exact: true }).waitFor();
    await page.getByText("Okta would take access").waitFor({ state: "detached" });
    expect(await company.active()).toBe(2);

    await panel.getByRole("button", { name: "Confirm change" }).click();
    await page.getByText("2 people can sign in no longer").waitFor();
    await page.getByRole("button", { name: "Take their access" }).click();
    await panel.getByText("Confirmed", { exact: true }).waitFor();
    await expect.poll(company.active, { timeout: 20_000 }).toBe(0);
  });
});

it.each([{}, { dark: true }, { phone: true }])("axe finds nothing on their pages (%j)", async (options) => {
  const company = await newCompany();
  const { slug } = company;
  await call("PUT", `/organizations/${slug}/group-mappings`, [{ group: "Sales", role: "engineer" }]);
  await holdEverything(company);
  const page = await openConsole(browser, gateway, `/organizations/${slug}/roles`, options);
  await page.getByRole("link", { name: "Engineer" }).waitFor();
  await page.getByText("Okta would take access").waitFor();
  expect(await violations(page)).toEqual([]);
  await page.goto(`${gateway.url}/console/organizations/${slug}/roles?panel=new`);
  await page.getByRole("textbox", { name: "Key" }).waitFor();
  expect(await violations(page)).toEqual([]);
  await page.goto(`${gateway.url}/console/organizations/${slug}/roles/mappings`);
  await page.getByRole("button", { name: "Remove: Sales, engineer" }).click();
  await page.getByText("Nobody's access changes").waitFor();
  expect(await violations(page)).toEqual([]);
  await page.goto(`${gateway.url}/console/organizations/${slug}/roles/held-changes`);
  await page.getByRole("row").nth(1).getByRole("link", { name: "Okta" }).click();
  await page.getByText(`ann@${slug}.example: could sign in no longer`).waitFor();
  expect(await violations(page)).toEqual([]);
});
