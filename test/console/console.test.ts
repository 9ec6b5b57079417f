import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchBrowser } from "../harness/browser.ts";
import { startTestGateway, type TestGateway } from "../harness/gateway.ts";
import { violations } from "./accessibility.ts";
import { openConsole } from "./console-session.ts";

// An operator in a real browser: the shell of the console, its organizations and their settings.

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

async function newOrganization(name = "Customer"): Promise<string> {
  const slug = `customer-${++organizations}`;
  const answer = await gateway.api("POST", "/organizations", { slug, name });
  expect(answer.status).toBe(201);
  return slug;
}

const heading = (page: Page, name: string) => page.getByRole("heading", { level: 1, name, exact: true });

describe("whoever is not signed in", () => {
  it("gets the sign-in page at the address itself, and goes on from there", async () => {
    const slug = await newOrganization();
    const page = await openConsole(browser, gateway, `/organizations/${slug}/settings`, { signedIn: false });
    await heading(page, "Sign in to the console").waitFor();
    await page.getByRole("textbox", { name: "Organization or work email" }).fill("ann@acme.example");
    const [request] = await Promise.all([
      page.waitForRequest("**/console/sign-in?*"),
      page.getByRole("button", { name: "Continue" }).click(),
    ]);
    expect(Object.fromEntries(new URL(request.url()).searchParams)).toEqual({
      login_hint: "ann@acme.example",
      return_to: `/console/organizations/${slug}/settings`,
    });
  });

  it("is asked to sign in again once the session is over, without leaving the address", async () => {
    const slug = await newOrganization();
    const page = await openConsole(browser, gateway, `/organizations/${slug}/settings`);
    await heading(page, "Settings").waitFor();
    await page.context().clearCookies();
    await page.getByRole("link", { name: "Domains" }).click();
    await heading(page, "Sign in to the console").waitFor();
    expect(new URL(page.url()).pathname).toBe(`/console/organizations/${slug}/settings/domains`);
  });
});

describe("the shell", () => {
  it("leads an operator from the start page to an organization's pages", async () => {
    const slug = await newOrganization("Northwind Traders");
    const page = await openConsole(browser, gateway);
    await heading(page, "Organizations").waitFor();
    await page.getByRole("link", { name: "Northwind Traders" }).click();
    await heading(page, "Northwind Traders").waitFor();
    await page.getByRole("navigation").getByRole("link", { name: "Settings" }).click();
    await heading(page, "Settings").waitFor();
    expect(new URL(page.url()).pathname).toBe(`/console/organizations/${slug}/settings`);
  });

  it("finds another organization by its name", async () => {
    const slug = await newOrganization("Tailspin Toys");
    const page = await openConsole(browser, gateway);
    await page.getByRole("button", { name: "Choose an organization" }).click();
    await page.getByRole("textbox", { name: "Find an organization" }).fill("tailspin");
    await page.getByRole("dialog").getByRole("link", { name: "Tailspin Toys" }).click();
    await heading(page, "Tailspin Toys").waitFor();
    expect(new URL(page.url()).pathname).toBe(`/console/organizations/${slug}`);
  });

  it("says what an unknown address and an unknown organization are", async () => {
    const page = await openConsole(browser, gateway, "/nowhere");
    await heading(page, "There is nothing at this address").waitFor();
    await page.goto(`${gateway.url}/console/organizations/nobody`);
    await heading(page, "There is nothing at this address").waitFor();
  });

  it("shows what failed, with the request's id, and tries again", async () => {
    const slug = await newOrganization();
    const page = await openConsole(browser, gateway);
    await heading(page, "Organizations").waitFor();
    let fails = true;
    await page.route(`**/api/v1/organizations/${slug}/domains?*`, (route) =>
      fails
        ? route.fulfill({
            status: 403,
            contentType: "application/problem+json",
            json: { code: "refused", detail: "Refused for the test.", requestId: "req-1" },
          })
        : route.fallback(),
    );
    await page.goto(`${gateway.url}/console/organizations/${slug}/settings/domains`);
    await page.getByRole("alert").getByText("Refused for the test.").waitFor();
    await page.getByRole("alert").getByText("req-1").waitFor();
    fails = false;
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("heading", { name: "No domain yet" }).waitFor();
  });

  it("is read in German", async () => {
    const page = await openConsole(browser, gateway);
    await page.getByRole("button", { name: "Your account" }).click();
    await page.getByRole("menuitem", { name: "Deutsch" }).click();
    await heading(page, "Organisationen").waitFor();
    expect(await page.locator("html").getAttribute("lang")).toBe("de");
  });

  it("skips the navigation, by the keyboard", async () => {
    const page = await openConsole(browser, gateway);
    await heading(page, "Organizations").waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    expect(await page.evaluate("document.activeElement.id")).toBe("content");
  });
});

describe("an organization", () => {
  it("is made, with the slug that its name suggests", async () => {
    const page = await openConsole(browser, gateway);
    await page.getByRole("button", { name: "New organization" }).first().click();
    const form = page.getByRole("dialog", { name: "New organization" });
    await form.getByRole("textbox", { name: "Name" }).fill("Müller & Söhne");
    expect(await form.getByRole("textbox", { name: "Slug" }).inputValue()).toBe("muller-sohne");
    await form.getByRole("textbox", { name: "Email domains" }).fill("mueller.example, soehne.example");
    await form.getByRole("button", { name: "Create organization" }).click();
    await heading(page, "Müller & Söhne").waitFor();
    expect((await gateway.api("GET", "/organizations/muller-sohne")).body).toMatchObject({
      domains: ["mueller.example", "soehne.example"],
    });
  });

  it("is told at the field what is wrong with it", async () => {
    const page = await openConsole(browser, gateway, "/organizations?panel=new");
    const form = page.getByRole("dialog", { name: "New organization" });
    await form.getByRole("textbox", { name: "Name" }).fill("Console");
    await form.getByRole("button", { name: "Create organization" }).click();
    await form.getByText("Is a reserved word").waitFor();
    expect(await form.getByRole("textbox", { name: "Name" }).inputValue()).toBe("Console");
  });

  it("is renamed: only what was changed is sent, and what was not saved is guarded", async () => {
    const slug = await newOrganization();
    const page = await openConsole(browser, gateway, `/organizations/${slug}/settings`);
    const name = page.getByRole("textbox", { name: "Name" });
    await name.fill("Contoso");
    await page.getByRole("link", { name: "Domains" }).click();
    await page.getByRole("dialog", { name: "Leave without saving?" }).waitFor();
    await page.getByRole("button", { name: "Stay here" }).click();
    const [request] = await Promise.all([
      page.waitForRequest((sent) => sent.method() === "PATCH"),
      page.getByRole("button", { name: "Save changes" }).click(),
    ]);
    expect(request.postDataJSON()).toEqual({ name: "Contoso" });
    await page.getByText("Saved", { exact: true }).waitFor();
    await page.getByRole("link", { name: "Domains" }).click();
    await page.getByRole("heading", { name: "No domain yet" }).waitFor();
  });

  it("is deleted only by whoever types its name", async () => {
    const slug = await newOrganization("Fabrikam");
    const page = await openConsole(browser, gateway, `/organizations/${slug}/settings`);
    await page.getByRole("button", { name: "Delete organization" }).click();
    const question = page.getByRole("dialog", { name: "Delete Fabrikam?" });
    const confirm = question.getByRole("button", { name: "Delete organization" });
    expect(await confirm.isDisabled()).toBe(true);
    await question.getByRole("textbox", { name: `Type ${slug} to confirm` }).fill(slug);
    await confirm.click();
    await heading(page, "Organizations").waitFor();
    expect((await gateway.api("GET", `/organizations/${slug}`)).status).toBe(404);
  });

  it("is listed page by page, and the address keeps the place", async () => {
    const names = Array.from({ length: 51 }, (_, index) => `Page filler ${index}`);
    for (const name of names) {
      await newOrganization(name);
    }
    const page = await openConsole(browser, gateway);
    const rows = page.getByRole("table", { name: "Organizations" }).getByRole("row");
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByRole("button", { name: "Previous" }).waitFor();
    await page.waitForURL(/cursor=/);
    await page
      .getByRole("table", { name: "Organizations" })
      .and(page.locator('[aria-busy="false"]'))
      .waitFor();
    const second = await rows.allInnerTexts();
    await page.reload();
    await page.getByRole("button", { name: "Previous" }).waitFor();
    await page
      .getByRole("table", { name: "Organizations" })
      .and(page.locator('[aria-busy="false"]'))
      .waitFor();
    expect(await rows.allInnerTexts()).toEqual(second);
    await page.getByRole("button", { name: "Previous" }).click();
    await page.waitForURL((url) => !url.searchParams.has("cursor"));
  });
});

describe("the settings of an organization", () => {
  it("take a domain: an operator's word verifies it", async () => {
    const slug = await newOrganization();
    const page = await openConsole(browser, gateway, `/organizations/${slug}/settings/domains`);
    await page.getByRole("button", { name: "Add domain" }).first().click();
    const panel = page.getByRole("dialog");
    await panel.getByRole("textbox", { name: "Domain" }).fill(`${slug}.example`);
    await panel.getByRole("button", { name: "Add domain" }).click();
    await page.getByRole("row", { name: new RegExp(`${slug}.example Verified`) }).waitFor();
  });

  it("say who would be locked out before the policy is narrowed", async () => {
    const slug = await newOrganization();
    const member = { email: `ann@${slug}.example`, name: "Ann Ash" };
    expect((await gateway.api("POST", `/organizations/${slug}/members`, member)).status).toBe(201);
    const page = await openConsole(browser, gateway, `/organizations/${slug}/settings/sign-in`);
    await page.getByRole("radio", { name: "Only whom a directory knows" }).check();
    await page.getByText("1 member can sign in no longer").waitFor();
    await page.getByText(`Ann Ash (ann@${slug}.example)`).waitFor();
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByText("Saved", { exact: true }).waitFor();
    expect((await gateway.api("GET", `/organizations/${slug}`)).body).toMatchObject({ signIn: "directory" });
  });

  it("make a setup link that works, show it once, and revoke it", async () => {
    const slug = await newOrganization();
    const page = await openConsole(browser, gateway, `/organizations/${slug}/settings/setup-links`);
    await page.getByRole("button", { name: "New setup link" }).first().click();
    const panel = page.getByRole("dialog");
    await panel.getByRole("textbox", { name: "Name" }).fill("For Ann");
    await panel.getByRole("button", { name: "Make the link" }).click();
    const url = (await panel.getByRole("button", { name: "Copy: Setup link" }).innerText()).trim();
    await panel.getByRole("button", { name: "Done" }).click();
    const setup = await page.context().newPage();
    await setup.goto(url);
    await setup
      .getByRole("heading", { name: "How do your people sign in?" })
      .or(setup.locator("h1"))
      .waitFor();
    await page.getByRole("row", { name: /For Ann/ }).hover();
    await page.getByRole("button", { name: "Revoke" }).click();
    await page.getByRole("button", { name: "Revoke link" }).click();
    await page.getByRole("row", { name: /For Ann .*Revoked/ }).waitFor();
    await setup.reload();
    await setup.getByRole("heading", { name: "This link does not work (any more)" }).waitFor();
  });
});

describe("accessibility", () => {
  it.each([{}, { dark: true }, { phone: true }])("axe finds nothing on any page (%j)", async (options) => {
    const slug = await newOrganization("Wide World Importers");
    const link = { intents: ["sso"], name: "For Ann" };
    await gateway.api("POST", `/organizations/${slug}/setup-links`, link);
    await gateway.api("POST", `/organizations/${slug}/domains`, { name: `${slug}.example` });
    const page = await openConsole(browser, gateway, "", options);
    for (const path of [
      "/organizations",
      "/organizations?panel=new",
      `/organizations/${slug}`,
      `/organizations/${slug}/settings`,
      `/organizations/${slug}/settings/domains`,
      `/organizations/${slug}/settings/sign-in`,
      `/organizations/${slug}/settings/setup-links`,
      `/organizations/${slug}/settings/setup-links?panel=new`,
      "/nowhere",
    ]) {
      await page.goto(`${gateway.url}/console${path}`);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await page.waitForLoadState("networkidle");
      expect([path, await violations(page)]).toEqual([path, []]);
    }
  });
});

it("the setup portal's first load holds nothing of the console, and at most 180 kB of script", async () => {
  const slug = await newOrganization();
  const link = await gateway.api("POST", `/organizations/${slug}/setup-links`, { intents: ["sso"] });
  const { url } = link.body as { url: string };
  const html = await (await fetch(url)).text();
  const scripts = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+\.js)"/g)].map(([, path]) => path);
  expect(scripts.length).toBeGreaterThan(0);
  let bytes = 0;
  for (const path of scripts) {
    const answer = await fetch(`${gateway.url}${path}`, { headers: { "accept-encoding": "gzip" } });
    expect(answer.headers.get("content-encoding")).toBe("gzip");
    bytes += Number(answer.headers.get("content-length"));
    expect(await answer.text()).not.toContain("/console/session");
  }
  expect(bytes).toBeLessThanOrEqual(180_000);
});
