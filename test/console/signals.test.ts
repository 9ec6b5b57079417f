import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchBrowser } from "../harness/browser.ts";
import {
  insertStream,
  PUSH,
  type PushReceiver,
  type SignalSite,
  startPushReceiver,
  startSignalSite,
} from "../harness/signals.ts";
import { violations } from "./accessibility.ts";
import { openConsole } from "./console-session.ts";

// What applications are told: their streams, how they get on, and what operators do about them.

let site: SignalSite;
let browser: Browser;
let receiver: PushReceiver;

beforeAll(async () => {
  site = await startSignalSite();
  browser = await launchBrowser();
  receiver = await startPushReceiver();
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await receiver?.close();
  await site?.stop();
});

const statusOf = async (id: string) =>
  (await site.gateway.database.prisma.signalStream.findUniqueOrThrow({ where: { id } })).status;
const panelOf = (page: Page) => page.getByRole("dialog").last();

describe("an application's streams", () => {
  it("are made as the page says, shown, verified, paused with a reason, resumed and deleted", async () => {
    const wiki = await site.addApp("wiki");
    const page = await openConsole(browser, site.gateway, `/applications/${wiki.id}`);
    await page.getByText("No stream yet").waitFor();
    const snippet = await page.getByRole("region", { name: "How it makes a stream" }).innerText();
    expect(snippet).toContain(`-u "${wiki.clientId}:$SALLYPORT_CLIENT_SECRET"`);
    expect(snippet).not.toContain(wiki.clientSecret);
    // The snippet's own request, but for its receiver's address.
    const body = JSON.parse(/ -d '(\{[\s\S]*\})'/.exec(snippet)?.[1] ?? "");
    body.delivery.endpoint_url = receiver.url;
    const { stream_id: id } = await wiki.createStream(body);

    const row = page.getByRole("row", { name: /Delivering/ });
    await row.getByRole("link", { name: new URL(receiver.url).host }).click();
    const panel = panelOf(page);
    await panel.getByText(`Pushed to ${receiver.url}`).waitFor();
    await panel.getByText("session-revoked, token-claims-change").waitFor();
    expect(new URL(page.url()).searchParams.get("stream")).toBe(id);

    await panel.getByRole("button", { name: "Send verification event" }).click();
    await panel.getByRole("listitem").filter({ hasText: "verification" }).getByText("Delivered").waitFor();
    await panel.getByText("1 try").waitFor();
    expect(receiver.received).toHaveLength(1);

    await panel.getByRole("button", { name: "Pause" }).click();
    const question = page.getByRole("dialog", { name: /^Pause / });
    await question.getByRole("textbox", { name: "Reason" }).fill("Maintenance of the wiki");
    await question.getByRole("button", { name: "Pause" }).click();
    await panel.getByText("Set by an operator. Its application cannot enable it.").waitFor();
    await panel.getByText("Maintenance of the wiki").waitFor();
    expect(await statusOf(id)).toBe("paused");
    await panel.getByRole("button", { name: "Resume" }).click();
    await panel.getByRole("button", { name: "Pause" }).waitFor();
    expect(await statusOf(id)).toBe("enabled");

    await panel.getByRole("button", { name: "Delete stream" }).click();
    const last = page.getByRole("dialog", { name: /^Delete / });
    await last.getByText("Its application hears of no ended session any more").waitFor();
    await last.getByRole("button", { name: "Delete stream" }).click();
    await page.getByText("No stream yet").waitFor();
    expect(await site.gateway.database.prisma.signalStream.count({ where: { id } })).toBe(0);
  });

  it("that fail say why and what to do, and are tried again by a click", async () => {
    const crm = await site.addApp("crm");
    receiver.answer = { status: 401 };
    const { stream_id: id } = await crm.createStream({
      description: "The CRM's",
      delivery: { method: PUSH, endpoint_url: receiver.url, authorization_header: "Bearer of the receiver" },
    });
    const page = await openConsole(browser, site.gateway, `/applications/${crm.id}?stream=${id}`);
    const panel = panelOf(page);
    await panel.getByRole("button", { name: "Send verification event" }).click();
    await panel.getByText("Failing").waitFor();
    await panel.getByText("It answered with status 401.").waitFor();
    await panel.getByText("It refuses what the gateway sends as authorization.").waitFor();
    await panel.getByText("Next attempt").waitFor();
    expect(await page.content()).not.toContain("Bearer of the receiver");

    const overview = await openConsole(browser, site.gateway, "/signals");
    await overview.getByRole("row").nth(1).getByText("Failing").waitFor();
    await overview.getByRole("row").nth(1).getByRole("link", { name: "The CRM's" }).click();
    await overview.getByRole("heading", { level: 1, name: "crm" }).waitFor();
    await panelOf(overview).getByText("It answered with status 401.").waitFor();

    receiver.answer = { status: 202 };
    await panel.getByRole("button", { name: "Try now" }).click();
    await panel.getByText("Delivered", { exact: true }).waitFor();
    await panel.getByText("2 tries").or(panel.getByText("1 try")).first().waitFor();
    // The last error stays to be read.
    await panel.getByText("It answered with status 401.").waitFor();
  });

  it("of an application without a secret cannot be", async () => {
    const { body } = await site.gateway.api("POST", "/applications", {
      ...{ name: "SPA", public: true },
      redirectUris: ["https://spa.example.test/callback"],
    });
    const { id } = Object(body) as { id: string };
    const page = await openConsole(browser, site.gateway, `/applications/${id}`);
    await page.getByText("A stream takes a client secret, and this application has none.").waitFor();
    expect(await page.getByRole("region", { name: "How it makes a stream" }).count()).toBe(0);
  });
});

it("what applications and receivers wrote is text, and runs nothing (CWE-79)", async () => {
  const evil = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
  const app = await site.addApp("evil");
  const id = await insertStream(site.gateway, app.id, {
    description: evil,
    delivery: "push",
    endpointUrl: `javascript:alert(1)//${evil}`,
    eventsRequested: [evil],
    status: "paused",
    statusReason: evil,
    attempts: 1,
    lastError: evil,
    lastErrorAt: new Date(),
    recentDeliveries: [
      { jti: app.id, type: evil, state: "refused", tries: 1, at: new Date().toISOString(), error: evil },
    ],
  });
  const page = await openConsole(browser, site.gateway, `/applications/${app.id}?stream=${id}`);
  const refusals: string[] = [];
  page.on("console", (message) => {
    if (message.text().includes("Content Security Policy")) {
      refusals.push(message.text());
    }
  });
  await panelOf(page).getByText(evil).first().waitFor();
  for (const path of ["/signals", `/applications/${app.id}?stream=${id}`]) {
    await page.goto(`${site.gateway.url}/console${path}`);
    await page.getByText(evil).first().waitFor();
    expect(await page.locator("img[src=x], a[href^=javascript]").count()).toBe(0);
    expect(await page.title()).not.toMatch(/^[12]$/);
  }
  expect(refusals).toEqual([]);
});

it.each([{}, { dark: true }, { phone: true }])("axe finds nothing on these pages (%j)", async (options) => {
  const app = await site.addApp("shop");
  const id = await insertStream(site.gateway, app.id, {
    ...{ status: "paused", statusBy: "gateway", statusReason: "x" },
    recentDeliveries: [
      {
        jti: app.id,
        type: "urn:x",
        state: "refused",
        tries: 1,
        at: new Date().toISOString(),
        error: "invalid",
      },
    ],
  });
  const page = await openConsole(browser, site.gateway, "", options);
  for (const path of ["/signals", `/applications/${app.id}`, `/applications/${app.id}?stream=${id}`]) {
    await page.goto(`${site.gateway.url}/console${path}`);
    await page.getByText("Paused").first().waitFor();
    await page.waitForLoadState("networkidle");
    expect([path, await violations(page)]).toEqual([path, []]);
  }
});
