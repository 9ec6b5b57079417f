import { newId } from "@sallyport/database";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { launchBrowser } from "../harness/browser.ts";
import { startTestGateway, type TestGateway } from "../harness/gateway.ts";
import { violations } from "./accessibility.ts";
import { openConsole } from "./console-session.ts";

// How long what is kept, with what that deletes; and one person erased for good.

let gateway: TestGateway;
let browser: Browser;

beforeAll(async () => {
  gateway = await startTestGateway();
  browser = await launchBrowser();
  await gateway.api("POST", "/organizations", { slug: "acme", name: "Acme" });
  await gateway.api("POST", "/organizations/acme/members", {
    email: "zoe@acme.example",
    name: "Zoë Quasarov",
  });
});
afterAll(async () => {
  await browser?.close();
  await gateway?.stop();
});

it("says in numbers what a shorter time deletes, before it is saved", async () => {
  const { prisma, sql } = gateway.database;
  const { id } = await prisma.organization.findUniqueOrThrow({ where: { slug: "acme" } });
  await sql.query(
    "INSERT INTO erasures (user_id, organization_id, deleted_at) VALUES ($1, $2, now() - interval '20 days')",
    [newId(), id],
  );
  const page = await openConsole(browser, gateway, "/organizations/acme/settings/retention");
  const days = page.getByRole("textbox", { name: "People who were deleted" });
  expect(await days.inputValue()).toBe("30 days");
  await days.fill("10");
  await page.getByText("Saved now, this deletes for good:").waitFor();
  await page.getByText("People who were deleted: 1", { exact: true }).waitFor();
  await page.getByRole("checkbox", { name: "Keep the audit trail for ever" }).uncheck();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved", { exact: false }).last().waitFor();
  await expect
    .poll(async () => (await gateway.api("GET", "/organizations/acme/retention")).body)
    .toMatchObject({ deletedPeople: 10, auditEvents: 365, setBy: "organization" });
});

it("erases a person, once their address was typed, and they are gone from the list", async () => {
  const page = await openConsole(browser, gateway, "/organizations/acme/members");
  await page.getByRole("link", { name: "zoe@acme.example" }).click();
  await page.getByRole("button", { name: "Erase this person" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Ends at once: 0 sessions.").waitFor();
  const act = dialog.getByRole("button", { name: "Erase person" });
  expect(await act.isDisabled()).toBe(true);
  await dialog.getByRole("textbox").fill("zoe@acme.example");
  await act.click();
  await dialog.waitFor({ state: "hidden" });
  await expect
    .poll(async () => (await gateway.api("GET", "/organizations/acme/members")).body)
    .toMatchObject({ items: [] });
  await expect.poll(() => page.getByText("zoe@acme.example").count(), { timeout: 10_000 }).toBe(0);
});

it.each([{ dark: false }, { dark: true }, { phone: true }])("reads well: %j", async (options) => {
  const page = await openConsole(browser, gateway, "/organizations/acme/settings/retention", options);
  await page.getByRole("textbox", { name: "Login records" }).waitFor();
  expect(await violations(page)).toEqual([]);
});
