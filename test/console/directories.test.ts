import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { launchBrowser } from "../harness/browser.ts";
import { startTestGateway, type TestGateway } from "../harness/gateway.ts";
import { violations } from "./accessibility.ts";
import { openConsole } from "./console-session.ts";

// Directories: what the identity provider is given, what it asked for, and who may be one person.

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

const createdDirectory = z.object({ id: z.string(), baseUrl: z.string(), token: z.string() });
const withItems = z.object({ items: z.array(z.unknown()) });

async function post(path: string, body: unknown): Promise<unknown> {
  const answer = await gateway.api("POST", path, body);
  expect(answer.status).toBe(201);
  return answer.body;
}

function push(baseUrl: string, token: string, path: string, body: unknown): Promise<Response> {
  return fetch(`${baseUrl}${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/scim+json" },
    body: JSON.stringify(body),
  });
}

const userOf = (userName: string, email: string) => ({
  schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
  userName,
  emails: [{ value: email, primary: true }],
});

async function newOrganization(): Promise<string> {
  const slug = `pushed-${++organizations}`;
  await post("/organizations", { slug, name: "Company", domains: [`${slug}.example`] });
  return slug;
}

/** A directory that has pushed a user and a group, and then the user again, which is refused. */
async function newDirectory() {
  const slug = await newOrganization();
  const directory = createdDirectory.parse(
    await post(`/organizations/${slug}/directories`, { name: "Okta", provider: "okta" }),
  );
  const { baseUrl, token } = directory;
  const user = userOf(`ann@${slug}.example`, `ann@${slug}.example`);
  expect((await push(baseUrl, token, "/Users", user)).status).toBe(201);
  const group = { schemas: ["urn:ietf:params:scim:schemas:core:2.0:Group"], displayName: "Engineering" };
  expect((await push(baseUrl, token, "/Groups", group)).status).toBe(201);
  expect((await push(baseUrl, token, "/Users", user)).status).toBe(409);
  return { slug, ...directory };
}

describe("a directory", () => {
  it("is created with base URL and token, by which the identity provider pushes", async () => {
    const slug = await newOrganization();
    const page = await openConsole(browser, gateway, `/organizations/${slug}/directories`);
    await page.getByRole("button", { name: "Create directory" }).first().click();
    const panel = page.getByRole("dialog");
    await panel.getByRole("textbox", { name: "Name" }).fill("Entra");
    await panel.getByRole("combobox", { name: "Identity provider" }).click();
    await page.getByRole("option", { name: "Microsoft Entra ID" }).click();
    await panel.getByRole("button", { name: "Create directory" }).click();
    const baseUrl = await panel.getByRole("button", { name: "SCIM base URL" }).innerText();
    const token = await panel.getByRole("button", { name: "Copy: Token" }).innerText();
    const pushed = await push(baseUrl, token, "/Users", userOf("bob", `bob@${slug}.example`));
    expect(pushed.status).toBe(201);
    await panel.getByRole("link", { name: "To the directory" }).click();
    await page.getByRole("heading", { level: 1, name: "Entra" }).waitFor();
  });

  it("gets a second token, by which it pushes when the first is revoked", async () => {
    const { slug, id, baseUrl, token } = await newDirectory();
    const page = await openConsole(browser, gateway, `/organizations/${slug}/directories/${id}`);
    await page.getByRole("button", { name: "Create token" }).click();
    const second = await page.getByRole("button", { name: "Copy: Token" }).innerText();
    const row = page.getByRole("row").filter({ hasText: `…${token.slice(-4)}` });
    await row.getByRole("button", { name: "Revoke" }).click();
    await page.getByRole("button", { name: "Revoke token" }).click();
    await row.getByText("Revoked").waitFor();
    const user = userOf("cy", `cy@${slug}.example`);
    expect((await push(baseUrl, token, "/Users", user)).status).toBe(401);
    expect((await push(baseUrl, second, "/Users", user)).status).toBe(201);
  });

  it("is renamed, disabled, and deleted once its name is typed", async () => {
    const { slug, id } = await newDirectory();
    const page = await openConsole(browser, gateway, `/organizations/${slug}/directories/${id}`);
    await page.getByRole("textbox", { name: "Name" }).fill("Okta in Oslo");
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByRole("heading", { level: 1, name: "Okta in Oslo" }).waitFor();
    await page.getByRole("button", { name: "Disable directory" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Disable directory" }).click();
    await page.getByRole("button", { name: "Enable directory" }).waitFor();
    await page.getByRole("button", { name: "Delete directory" }).click();
    await page.getByRole("textbox", { name: "Type Okta in Oslo to confirm" }).fill("Okta in Oslo");
    await page.getByRole("dialog").getByRole("button", { name: "Delete directory" }).click();
    await page.getByText("No directory yet").waitFor();
  });

  it("shows its requests by filter, each with what was sent and answered, and its groups", async () => {
    const { slug, id } = await newDirectory();
    const page = await openConsole(browser, gateway, `/organizations/${slug}/directories/${id}/requests`);
    const rows = page.getByRole("row").filter({ hasText: "POST" });
    await expect.poll(() => rows.count(), { timeout: 20_000 }).toBe(3);
    await page.getByRole("button", { name: "Answer" }).click();
    await page.getByRole("radio", { name: "4xx" }).click();
    await expect.poll(() => rows.count(), { timeout: 20_000 }).toBe(1);
    await rows.getByRole("link").click();
    await page.getByRole("dialog", { name: "Request" }).getByText('"scimType": "uniqueness"').waitFor();
    await page.getByRole("link", { name: "Groups", exact: true }).click();
    await page.getByText("Engineering").waitFor();
  });
});

/** A directory in review that has pushed a member, somebody new and somebody who left; and a member whom it does not know. */
async function newReviewed() {
  const slug = await newOrganization();
  for (const name of ["ann", "leaver", "forgotten"]) {
    await post(`/organizations/${slug}/members`, { email: `${name}@${slug}.example` });
  }
  const directory = createdDirectory.parse(
    await post(`/organizations/${slug}/directories`, { name: "Entra", provider: "entra", inReview: true }),
  );
  const { baseUrl, token } = directory;
  for (const [name, active] of [
    ["ann", true],
    ["newcomer", true],
    ["leaver", false],
  ] as const) {
    const user = { ...userOf(`${name}@${slug}.example`, `${name}@${slug}.example`), active };
    expect((await push(baseUrl, token, "/Users", user)).status).toBe(201);
  }
  return { slug, ...directory };
}

describe("a directory in review", () => {
  it("tells what would become of whom, changes nothing, and is activated", async () => {
    const { slug, id } = await newReviewed();
    const members = async () => {
      const { body } = await gateway.api("GET", `/organizations/${slug}/members`);
      return withItems.parse(body).items.length;
    };
    const page = await openConsole(browser, gateway, `/organizations/${slug}/directories/${id}/adoption`);
    await page.getByText("In review: nothing of this has happened").waitFor();
    const row = (name: string) => page.getByRole("row").filter({ hasText: `${name}@${slug}.example` });
    await row("leaver").getByText("can sign in no longer").waitFor();
    const choose = async (state: RegExp) => {
      await page.getByRole("button", { name: /^State/ }).click();
      await page.getByRole("radio", { name: state }).click();
    };
    await choose(/^Not known to it \(1\)/);
    await row("forgotten").waitFor();
    await choose(/^New \(1\)/);
    await row("newcomer").getByText("gains member").waitFor();
    expect(await members()).toBe(3);
    await page.getByRole("button", { name: "Activate directory" }).click();
    const question = page.getByRole("dialog", { name: "Activate Entra?" });
    await question.getByText("1 person can sign in no longer").waitFor();
    await question.getByRole("button", { name: "Activate directory" }).click();
    await page.getByText("In review", { exact: true }).waitFor({ state: "detached" });
    await expect.poll(members, { timeout: 20_000 }).toBe(4);
  });

  it("is asked for where a directory is created", async () => {
    const slug = await newOrganization();
    const page = await openConsole(browser, gateway, `/organizations/${slug}/directories?panel=new`);
    const panel = page.getByRole("dialog");
    await panel.getByRole("textbox", { name: "Name" }).fill("Entra");
    await panel.getByRole("checkbox", { name: "Review before anything is applied" }).check();
    await panel.getByRole("button", { name: "Create directory" }).click();
    await panel.getByRole("link", { name: "To the directory" }).click();
    await page.getByText("In review", { exact: true }).waitFor();
  });

  it.each([{}, { dark: true }, { phone: true }])(
    "has a plan in which axe finds nothing (%j)",
    async (options) => {
      const { slug, id } = await newReviewed();
      const path = `/organizations/${slug}/directories/${id}/adoption`;
      const page = await openConsole(browser, gateway, path, options);
      await page.getByText("can sign in no longer").first().waitFor();
      await page.getByRole("row").nth(1).waitFor();
      expect(await violations(page)).toEqual([]);
    },
  );
});

/** Waits until the reconciler has made a member of a pushed user. */
async function member(slug: string, email: string): Promise<void> {
  const found = async () =>
    withItems.parse((await gateway.api("GET", `/organizations/${slug}/members?email=${email}`)).body).items
      .length;
  await expect.poll(found, { timeout: 20_000 }).toBe(1);
}

describe("the users of a directory", () => {
  it("are listed with what became of them, found, and shown as they were pushed", async () => {
    const { slug, id, baseUrl, token } = await newDirectory();
    const bo = { ...userOf("bo.underwood", `bo@${slug}.example`), title: "Pilot", externalId: "00u7" };
    expect((await push(baseUrl, token, "/Users", bo)).status).toBe(201);
    await member(slug, `bo@${slug}.example`);
    const page = await openConsole(browser, gateway, `/organizations/${slug}/directories/${id}`);
    await page.getByRole("navigation").getByRole("link", { name: "Users" }).click();
    await page.getByRole("row", { name: new RegExp(`ann@${slug}.example Active Member`) }).waitFor();
    await page.getByRole("button", { name: "Name, address or id" }).click();
    await page.getByRole("textbox", { name: "Name, address or id" }).fill("BO@");
    await page.keyboard.press("Enter");
    await page.getByRole("row", { name: /ann@/ }).waitFor({ state: "detached" });
    await page.getByRole("link", { name: "bo.underwood" }).click();
    const panel = page.getByRole("dialog", { name: "bo.underwood" });
    await panel.getByText('"title": "Pilot"').waitFor();
    for (const known of ["name:bo.underwood", `address:bo@${slug}.example`, "id:00u7"]) {
      await panel.getByText(known, { exact: true }).waitFor();
    }
    await panel.getByRole("link", { name: /POST/ }).waitFor();
    await panel.getByRole("link", { name: "This member" }).click();
    await page.getByRole("heading", { level: 1, name: `bo@${slug}.example` }).waitFor();
  });
});

describe("an OAuth client of a directory", () => {
  it("is made with its secret, by which it gets a token, until it is revoked", async () => {
    const { slug, id, baseUrl } = await newDirectory();
    const page = await openConsole(browser, gateway, `/organizations/${slug}/directories/${id}`);
    await page.getByRole("button", { name: "Create client" }).click();
    const shown = (name: string) => page.getByRole("button", { name: `Copy: ${name}` }).innerText();
    const [tokenUrl, clientId, secret] = [
      await shown("Token URL"),
      await shown("Client ID"),
      await shown("Client secret"),
    ];
    const askToken = () =>
      fetch(tokenUrl, {
        method: "POST",
        body: new URLSearchParams({
          ...{ grant_type: "client_credentials", client_id: clientId, client_secret: secret },
        }),
      });
    const { access_token: token } = z
      .object({ access_token: z.string() })
      .parse(await (await askToken()).json());
    const user = userOf(`di@${slug}.example`, `di@${slug}.example`);
    expect((await push(baseUrl, token, "/Users", user)).status).toBe(201);
    const row = page.getByRole("row").filter({ hasText: `…${secret.slice(-4)}` });
    await row.getByRole("button", { name: "Revoke" }).click();
    await page.getByRole("button", { name: "Revoke client" }).click();
    await row.getByText("Revoked").waitFor();
    expect((await askToken()).status).toBe(401);
    expect((await push(baseUrl, token, "/Users", user)).status).toBe(401);
  });
});

describe("the guard", () => {
  const numbers = async (path: string) => (await gateway.api("GET", path)).body;

  it("is set for all directories, and for one, in words that say what it holds", async () => {
    const { slug, id } = await newDirectory();
    const page = await openConsole(browser, gateway, `/organizations/${slug}/directories`);
    await page.getByRole("link", { name: "Guard" }).click();
    await page.getByText("20 people or more, and from more than 30 %").waitFor();
    await page.getByRole("textbox", { name: "People" }).fill("5");
    await page.getByText("5 people or more, and from more than 30 %").waitFor();
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByText("Set for the organization").waitFor();
    const organization = { people: 5, share: 30, minutes: 60 };
    expect(await numbers(`/organizations/${slug}/guard`)).toEqual({ ...organization, setBy: "organization" });

    await page.goto(`${gateway.url}/console/organizations/${slug}/directories/${id}/guard`);
    await page.getByText("as long as none are set here").waitFor();
    await page.getByRole("textbox", { name: "Share of the directory's members" }).fill("100");
    await page.getByText("Nothing is held: with 100 %").waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole("textbox", { name: "Within minutes" }).fill("");
    expect(await page.getByRole("button", { name: "Save changes" }).isDisabled()).toBe(true);
    await page.getByRole("textbox", { name: "Within minutes" }).fill("10");
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByText("Set for this directory alone.").waitFor();
    const own = `/organizations/${slug}/directories/${id}/guard`;
    expect(await numbers(own)).toEqual({ people: 5, share: 100, minutes: 10, setBy: "directory" });
    await page.getByRole("button", { name: "Have the organization's numbers count" }).click();
    await page.getByText("as long as none are set here").waitFor();
    expect(await numbers(own)).toEqual({ ...organization, setBy: "organization" });
    await expect.poll(() => page.getByRole("textbox", { name: "Within minutes" }).inputValue()).toBe("60");
  });
});

describe("a conflict", () => {
  it("is settled by linking the two", async () => {
    const { slug, baseUrl, token } = await newDirectory();
    await post(`/organizations/${slug}/members`, { email: `dee@${slug}.example` });
    const second = await push(baseUrl, token, "/Users", userOf("dee.one", `ann@${slug}.example`));
    expect(second.status).toBe(201);
    const open = async () =>
      withItems.parse((await gateway.api("GET", `/organizations/${slug}/conflicts`)).body).items.length;
    await expect.poll(open, { timeout: 20_000 }).toBe(1);
    const page = await openConsole(browser, gateway, `/organizations/${slug}/directories/conflicts`);
    await page.getByRole("row").nth(1).getByRole("link").click();
    await page.getByText("A push of a directory showed it.").waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole("button", { name: "Link the two" }).click();
    await page
      .getByRole("dialog", { name: "Link the two as one person?" })
      .getByRole("button", { name: "Link the two" })
      .click();
    await page.getByText("No conflict is open").waitFor();
    expect(await open()).toBe(0);
  });
});

it.each([{}, { dark: true }, { phone: true }])(
  "axe finds nothing on directories' pages (%j)",
  async (options) => {
    const { slug, id } = await newDirectory();
    const page = await openConsole(browser, gateway, `/organizations/${slug}/directories?panel=new`, options);
    await page.getByRole("link", { name: "Okta", exact: true }).waitFor();
    await page.getByRole("combobox", { name: "Identity provider" }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.goto(`${gateway.url}/console/organizations/${slug}/directories/${id}`);
    await page.getByRole("button", { name: "Create token" }).click();
    await page.getByRole("button", { name: "Copy: Token" }).waitFor();
    await page.waitForLoadState("networkidle");
    expect(await violations(page)).toEqual([]);
    await page.goto(`${gateway.url}/console/organizations/${slug}/directories/${id}/users`);
    await page.getByRole("row").nth(1).getByRole("link").click();
    await page
      .getByRole("dialog", { name: `ann@${slug}.example` })
      .getByText("Known by")
      .waitFor();
    await page.getByRole("link", { name: /POST/ }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.goto(`${gateway.url}/console/organizations/${slug}/directories/${id}/requests`);
    await page.getByRole("row").nth(1).getByRole("link").click();
    await page.getByRole("dialog", { name: "Request" }).getByText("Answered", { exact: true }).waitFor();
    expect(await violations(page)).toEqual([]);
  },
);
