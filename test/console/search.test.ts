import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
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

it.each([{}, { dark: true }])("axe finds nothing on the search (%j)", async (options) => {
  const page = await openConsole(browser, gateway, "/keys", options);
  await page.getByRole("heading", { level: 1, name: "Keys" }).waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Search" }).fill("fab");
  await page.getByRole("option", { name: /Fabrikam/ }).waitFor();
  expect(await violations(page)).toEqual([]);
});
