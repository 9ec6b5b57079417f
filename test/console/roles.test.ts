import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { choosePerson, newPerson, signIn } from "../e2e/demo-app.ts";
import { launchBrowser } from "../harness/browser.ts";
import { startTestGateway, type TestGateway } from "../harness/gateway.ts";
import { openConsole } from "./console-session.ts";

// People of a customer in real browsers, who sign in to the console by their own identity provider.

let gateway: TestGateway;
let browser: Browser;

beforeAll(async () => {
  [gateway, browser] = await Promise.all([startTestGateway({ demo: true }), launchBrowser()]);
  await giveRole("Ann Archer", "ann@acme.example", "organizationAdmin");
  await giveRole("Ben Baker", "ben@acme.example", "organizationViewer");
});
afterAll(async () => {
  await browser?.close();
  await gateway?.stop();
});

const members = z.object({ items: z.array(z.object({ id: z.string() })) });

/** Makes somebody at Acme a member, by a first sign-in, and gives them a role in the console. */
async function giveRole(name: string, email: string, role: string): Promise<void> {
  const page = await newPerson(browser);
  await signIn(page, gateway, "acme", name);
  await page.locator("pre#identity").waitFor();
  await page.context().close();
  const list = await gateway.api("GET", `/organizations/acme/members?email=${encodeURIComponent(email)}`);
  const [member] = members.parse(list.body).items;
  const path = `/organizations/acme/members/${member?.id}/console-role`;
  expect((await gateway.api("PUT", path, { role })).status).toBe(200);
}

/** From an address of the console by the sign-in page to the identity provider, and back to that address. */
async function signInAs(name: string, path: string): Promise<Page> {
  const page = await openConsole(browser, gateway, path, { signedIn: false });
  await page.getByRole("textbox", { name: "Organization or work email" }).fill("acme");
  await page.getByRole("button", { name: "Continue" }).click();
  await choosePerson(page, name);
  return page;
}

const heading = (page: Page, name: string) => page.getByRole("heading", { level: 1, name, exact: true });

describe("an organization's admin", () => {
  it("comes back to the address that they asked for, changes things, and signs out", async () => {
    const page = await signInAs("Ann Archer", "/organizations/acme/settings");
    await heading(page, "Settings").waitFor();
    expect(new URL(page.url()).pathname).toBe("/console/organizations/acme/settings");
    await page.getByRole("textbox", { name: "Name" }).fill("Acme Incorporated");
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByText("Saved", { exact: true }).waitFor();
    expect((await gateway.api("GET", "/organizations/acme")).body).toMatchObject({
      name: "Acme Incorporated",
    });

    await page.getByRole("button", { name: "Your account: Ann Archer" }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await heading(page, "Sign in to the console").waitFor();
  });

  it("is led from the start page to their own organization, and to no other", async () => {
    const page = await signInAs("Ann Archer", "");
    await page.waitForURL("**/console/organizations/acme");
    // At a glance, with the sign-in that they came by.
    await page
      .getByRole("region", { name: "Sign-ins in the last 24 hours" })
      .getByText(/Succeeded \d/)
      .waitFor();
    expect(await page.getByRole("link", { name: "Organizations" }).count()).toBe(0);
    await page.goto(`${gateway.url}/console/organizations/bravo`);
    await heading(page, "There is nothing at this address").waitFor();
    expect(await page.getByText("Bravo").count()).toBe(0);
    await page.goto(`${gateway.url}/console/organizations`);
    await heading(page, "This page is not for your role").waitFor();
  });
});

it("an organization's viewer reads, and is offered nothing else", async () => {
  const page = await signInAs("Ben Baker", "/organizations/acme/settings/domains");
  await page.getByRole("link", { name: "acme.example" }).click();
  const panel = page.getByRole("dialog", { name: "acme.example" });
  await panel.getByText("Verified", { exact: true }).waitFor();
  expect(await page.getByRole("button", { name: /Add|Remove/ }).count()).toBe(0);
  await page.goto(`${gateway.url}/console/organizations/acme/settings`);
  expect(await page.getByRole("textbox", { name: "Name" }).getAttribute("readonly")).not.toBeNull();
});
