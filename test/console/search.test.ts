import { newId } from "@sallyport/database";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { launchBrowser } from "../harness/browser.ts";
import { startTestGateway, type TestGateway } from "../harness/gateway.ts";
import { violations } from "./accessibility.ts";
import { openConsole } from "./console-session.ts";

let gateway: TestGateway;
let browser: Browser;

beforeAll(async () => {
  gateway = await startTestGateway();
  browser = await launchBrowser();
  for (const [slug, name] of [
    ["fabrikam", "Fabrikam"],
    ["fabulous", "Fabulous Toys"],
  ]) {
    expect((await gateway.api("POST", "/organizations", { slug, name })).status).toBe(201);
  }
  await gateway.api("POST", "/organizations/fabrikam/members", { email: "zoe@fabrikam.example" });
});
afterAll(async () => {
  await browser?.close();
  await gateway?.stop();
});

it("finds people and organizations from anywhere, by the keyboard alone", async () => {
  const page = await openConsole(browser, gateway, "/keys");
  await page.getByRole("heading", { level: 1, name: "Keys" }).waitFor();
  await page.keyboard.press("Control+k");
  const field = page.getByRole("combobox", { name: "Search" });
  await field.fill("fab");
  await page.getByRole("option", { name: /Fabulous Toys/ }).waitFor();
  await page.keyboard.press("ArrowDown");
  await expect
    .poll(() => page.getByRole("option", { name: /Fabulous Toys/ }).getAttribute("aria-selected"))
    .toBe("true");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Fabulous Toys" }).waitFor();

  await page.keyboard.press("Control+k");
  await field.fill("zoe@");
  await page.getByRole("option", { name: /zoe@fabrikam.example/ }).click();
  await page.getByRole("heading", { level: 1, name: "zoe@fabrikam.example" }).waitFor();
  expect(new URL(page.url()).pathname).toContain("/console/organizations/fabrikam/members/");

  await page.keyboard.press("Control+k");
  await field.fill("nobody-at-all");
  await page.getByText("Nothing begins like that.").waitFor();
  await page.keyboard.press("Escape");
  await field.waitFor({ state: "detached" });
});

it("opens a SCIM request that is on no first page, and says where there is none any more", async () => {
  const { prisma } = gateway.database;
  const made = await gateway.api("POST", "/organizations/fabulous/directories", { name: "Okta" });
  const { id: directoryId } = z.object({ id: z.string() }).parse(made.body);
  const { organizationId } = await prisma.directory.findUniqueOrThrow({ where: { id: directoryId } });
  const requestId = newId();
  const now = Date.now();
  await prisma.scimRequest.createMany({
    data: Array.from({ length: 120 }, (_, age) => ({
      ...{ id: newId(), organizationId, directoryId, method: "POST", status: 409, latencyMs: 1 },
      ...(age === 119 ? { requestId, path: "/Users?old" } : { requestId: newId(), path: "/Users" }),
      createdAt: new Date(now - age * 60_000),
    })),
  });
  const page = await openConsole(browser, gateway, "/organizations/fabulous");
  await page.getByRole("heading", { level: 1, name: "Fabulous Toys" }).waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Search" }).fill(requestId);
  await page.getByRole("option", { name: /POST \/Users\?old/ }).click();
  const panel = page.getByRole("dialog", { name: "Request" });
  await panel.getByText("POST /Users?old").waitFor();
  await page.keyboard.press("Escape");
  await panel.waitFor({ state: "detached" });

  const gone = `/organizations/fabulous/directories/${directoryId}/requests?request=${newId()}`;
  await page.goto(`${gateway.url}/console${gone}`);
  await panel.getByText("The directory has no such request (any more).").waitFor();
});

it("switches to any organization, also beyond those that are shown at first", async () => {
  await gateway.database.prisma.organization.createMany({
    data: Array.from({ length: 120 }, (_, n) => ({
      id: newId(),
      slug: `crowd-${n}`,
      name: `Crowd ${n}`,
      createdAt: new Date(Date.now() + n),
    })),
  });
  const page = await openConsole(browser, gateway, "/organizations/fabrikam");
  await page.getByRole("button", { name: "Fabrikam" }).click();
  const others = page.getByRole("dialog");
  await others.getByRole("link", { name: "Crowd 0", exact: true }).waitFor();
  expect(await others.getByRole("link", { name: "Crowd 110" }).count()).toBe(0);
  await others.getByRole("button", { name: "Show more" }).click();
  await others.getByRole("link", { name: "Crowd 90" }).waitFor();
  await others.getByRole("textbox").fill("crowd 11");
  await others.getByRole("link", { name: "Crowd 0", exact: true }).waitFor({ state: "detached" });
  await others.getByRole("link", { name: "Crowd 110" }).click();
  await page.getByRole("heading", { level: 1, name: "Crowd 110" }).waitFor();
});

it.each([{}, { dark: true }])("axe finds nothing on the search (%j)", async (options) => {
  const page = await openConsole(browser, gateway, "/keys", options);
  await page.getByRole("heading", { level: 1, name: "Keys" }).waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Search" }).fill("fab");
  await page.getByRole("option", { name: /Fabrikam/ }).waitFor();
  expect(await violations(page)).toEqual([]);
});
