import { type Receiver, startReceiver } from "@sallyport/webhooks/testing";
import type { Browser } from "playwright-core";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { launchBrowser } from "../harness/browser.ts";
import { startTestGateway, type TestGateway } from "../harness/gateway.ts";
import { violations } from "./accessibility.ts";
import { openConsole } from "./console-session.ts";

// Webhooks from the first to the last: the receiver is a real one, and so is what it is sent.

let gateway: TestGateway;
let browser: Browser;
let receiver: Receiver;

beforeAll(async () => {
  gateway = await startTestGateway();
  browser = await launchBrowser();
  receiver = await startReceiver();
  await gateway.api("POST", "/organizations", { slug: "acme", name: "Acme" });
});
afterAll(async () => {
  await receiver?.close();
  await browser?.close();
  await gateway?.stop();
});

const withId = z.object({ id: z.string() });
const endpoints = () => gateway.database.prisma.webhookEndpoint.findMany({ orderBy: { createdAt: "asc" } });

async function newEndpoint(path: string, organization: string | null = "acme"): Promise<string> {
  const body = { url: `${receiver.url}${path}`, organization, types: ["role.*"] };
  return withId.parse((await gateway.api("POST", "/webhook-endpoints", body)).body).id;
}

/** The heading of an endpoint's page. */
const named = (path: string) => `${receiver.url.replace("http://", "")}${path}`;

it("is made with a secret that verifies what a test event brings, each attempt to be seen", async () => {
  const page = await openConsole(browser, gateway, "/organizations/acme/webhooks");
  await page.getByRole("heading", { name: "No webhook yet" }).waitFor();
  await page.getByRole("button", { name: "New webhook" }).first().click();
  const panel = page.getByRole("dialog");
  await panel.getByRole("textbox", { name: "Address" }).fill("http://hooks.example.com");
  await panel.getByRole("button", { name: "Add webhook" }).click();
  await expect
    .poll(() => panel.getByRole("textbox", { name: "Address" }).getAttribute("aria-invalid"))
    .toBe("true");
  await panel.getByRole("textbox", { name: "Address" }).fill(`${receiver.url}/made`);
  await panel.getByRole("combobox", { name: "Events" }).or(panel.getByLabel("Events")).first().click();
  await page.keyboard.type("membership.susp");
  await page.getByRole("option", { name: "membership.suspended" }).click();
  await page.keyboard.press("Escape");
  await panel.getByRole("button", { name: "Add webhook" }).click();
  const secret = await panel.getByText(/^whsec_/).innerText();
  await panel.getByRole("button", { name: "I have copied it" }).click();

  await page.getByRole("heading", { level: 1, name: named("/made") }).waitFor();
  expect(await page.content()).not.toContain(secret);
  expect(await endpoints()).toMatchObject([{ types: ["membership.suspended"] }]);
  await page.getByRole("button", { name: "Send test event" }).click();
  await page.getByRole("link", { name: "webhook_endpoint.tested" }).click();
  await page.getByRole("row", { name: /Delivered · 204/ }).waitFor();
  const details = page.getByRole("dialog");
  await details.getByRole("region", { name: "Attempt 1" }).waitFor();
  const [got] = receiver.received;
  new Webhook(secret).verify(got?.body ?? "", got?.headers ?? {});
  await details.getByText(`webhook-id: ${got?.headers["webhook-id"]}`).waitFor();
  await details.getByText("This is a test. Nothing has happened.").waitFor();

  await details.getByRole("button", { name: "Send again" }).click();
  await details.getByRole("region", { name: "Attempt 2" }).waitFor();
  expect(receiver.received.map(({ headers }) => headers["webhook-id"])).toEqual([
    got?.headers["webhook-id"],
    got?.headers["webhook-id"],
  ]);
});

it("shows what went wrong, is disabled with what waits, and told again by replay", async () => {
  const id = await newEndpoint("/broken");
  receiver.answer = ({ path }, res) => {
    if (path !== "/broken") {
      return 204;
    }
    res.writeHead(500).end("no database");
    return undefined;
  };
  await gateway.api("POST", "/organizations/acme/roles", { key: "one", name: "One" });
  const page = await openConsole(browser, gateway, `/organizations/acme/webhooks/${id}`);
  await page.getByText("Nothing reaches this address.").waitFor();
  await page.getByRole("link", { name: "role.created" }).click();
  await page.getByRole("dialog").getByText("no database").waitFor();
  await page.keyboard.press("Escape");

  await page.getByRole("link", { name: "Settings", exact: true }).last().click();
  await page.getByRole("button", { name: "Disable" }).click();
  await page.getByText("1 delivery that waits fails").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Disable" }).click();
  await page.getByText("This webhook was disabled").waitFor();
  await gateway.api("POST", "/organizations/acme/roles", { key: "two", name: "Two" });

  receiver.answer = 204;
  await page.getByRole("button", { name: "Enable webhook" }).click();
  await page.getByRole("link", { name: "Deliveries" }).click();
  await page.getByRole("row", { name: /Failed/ }).waitFor();
  await page.getByRole("button", { name: "Replay…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Replay" }).click();
  // With the organization's first two roles, which are older than the webhook. An event that the outbox does not have yet
  // comes by itself.
  await page.getByText(/^[34] deliveries are on their way\.$/).waitFor();
  await expect
    .poll(() => page.getByRole("row", { name: /Delivered · 204/ }).count(), { timeout: 20_000 })
    .toBe(4);
  await page.goto(`${gateway.url}/console/organizations/acme/webhooks/${id}?status=failed`);
  await page.getByRole("button", { name: "State: Failed" }).waitFor();
  await page.getByText("Nothing matches").waitFor();
});

it("takes a new secret, saves what was changed alone, and goes by its name", async () => {
  const id = await newEndpoint("/changes");
  const page = await openConsole(browser, gateway, `/organizations/acme/webhooks/${id}/settings`);
  const sent: unknown[] = [];
  page.on("request", (request) => {
    if (request.method() === "PATCH") {
      sent.push(request.postDataJSON());
    }
  });
  await page.getByRole("textbox", { name: "Description" }).fill("CRM");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved", { exact: true }).waitFor();
  expect(sent).toEqual([{ description: "CRM" }]);

  await page.getByRole("button", { name: "Rotate secret" }).click();
  await page.getByText("For 24 hours each message is signed by both.").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Rotate secret" }).click();
  await page.getByText(/^whsec_/).waitFor();
  await page
    .getByRole("dialog", { name: "Signing secret", exact: true })
    .getByRole("button", { name: "Close" })
    .click();

  await page.getByRole("button", { name: "Delete webhook" }).click();
  await page.getByRole("textbox", { name: /Type/ }).fill(named("/changes"));
  await page.getByRole("dialog").getByRole("button", { name: "Delete webhook" }).click();
  await page.getByRole("heading", { level: 1, name: "Webhooks" }).waitFor();
  expect((await endpoints()).map((each) => each.id)).not.toContain(id);
});

it("has a page of the gateway's own, for those that are told of all organizations", async () => {
  await newEndpoint("/all", null);
  const page = await openConsole(browser, gateway, "/webhooks");
  await page.getByRole("link", { name: named("/all") }).click();
  await page.getByRole("heading", { level: 1, name: named("/all") }).waitFor();
  await page.getByRole("link", { name: "Settings", exact: true }).last().click();
  await page.getByRole("button", { name: "Delete webhook" }).waitFor();
  expect(new URL(page.url()).pathname).toMatch(/^\/console\/webhooks\/[0-9a-f-]+\/settings$/);
});

it.each([{}, { dark: true }, { phone: true }])("has nothing that axe finds wrong: %j", async (options) => {
  const [first] = await endpoints();
  for (const path of [
    "",
    "?panel=new",
    `/${first?.id}`,
    `/${first?.id}?panel=replay`,
    `/${first?.id}/settings`,
  ]) {
    const page = await openConsole(browser, gateway, `/organizations/acme/webhooks${path}`, options);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForLoadState("networkidle");
    expect([path, await violations(page)]).toEqual([path, []]);
    await page.context().close();
  }
});
