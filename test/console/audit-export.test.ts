import { readFile } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { launchBrowser } from "../harness/browser.ts";
import { startTestGateway, type TestGateway } from "../harness/gateway.ts";
import { freePorts } from "../harness/process.ts";
import { violations } from "./accessibility.ts";
import { type ConsoleOptions, openConsole } from "./console-session.ts";
import { type FrailLine, startFrailLine } from "./frail-line.ts";

// An export over a line that does not hold.

let gateway: TestGateway;
let line: FrailLine;
let browser: Browser;
const EVENTS = 30_000;
const LONG = 6_000_000;

beforeAll(async () => {
  const port = Number(await freePorts());
  gateway = await startTestGateway({ publicUrl: `http://localhost:${port}` });
  line = await startFrailLine(port, gateway.port);
  browser = await launchBrowser();
  const { body } = await gateway.api("POST", "/organizations", { slug: "acme", name: "Acme" });
  await gateway.database.sql.query(
    `INSERT INTO events (id, organization_id, type, actor_type, resource_type, resource_id, after, data, created_at)
     SELECT gen_random_uuid(), $1, 'role.updated', 'system', 'role', n::text, jsonb_build_object('name', repeat('x', 200)), '{}',
       now() - n * interval '1 second'
     FROM generate_series(1, $2) n`,
    [z.object({ id: z.string() }).parse(body).id, EVENTS],
  );
});
afterEach(() => line.mend());
afterAll(async () => {
  await browser?.close();
  await line?.close();
  await gateway?.stop();
});

async function startExport(what: "cut" | "silent", format: string, options?: ConsoleOptions): Promise<Page> {
  const page = await openConsole(browser, gateway, "/organizations/acme/audit?type=role.updated", options);
  await page.getByRole("button", { name: "Export" }).click();
  line.after(LONG, what);
  await page.getByRole("menuitem", { name: format }).click();
  return page;
}

const isReady = (page: Page) =>
  page.getByRole("button", { name: "Export" }).and(page.locator(":enabled")).waitFor();

it("shows how many of how many, goes on by itself behind a break, and is whole", async () => {
  const page = await startExport("cut", "As NDJSON");
  await page.getByText("The connection broke. The export goes on in a moment.").waitFor();
  await page.getByText(/^[1-9][\d,]* of 30,000 events$/).waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), line.mend()]);
  const lines = (await readFile(await download.path(), "utf8")).trimEnd().split("\n");
  expect(lines.pop()).toBe(`{"end":{"events":${EVENTS}}}`);
  expect(new Set(lines.map((text) => JSON.parse(text).id)).size).toBe(EVENTS);
  await isReady(page);
});

it("saves nothing when it stops, says so, and goes on when asked", async () => {
  const page = await startExport("cut", "As CSV");
  await page.getByText(/The export stopped after .* events. No file was saved./).waitFor({ timeout: 60_000 });
  await page.getByText("The gateway cannot be reached.").waitFor();
  expect(await violations(page)).toEqual([]);
  line.mend();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Go on" }).click(),
  ]);
  const rows = (await readFile(await download.path(), "utf8")).trimEnd().split("\r\n");
  expect(rows.at(-1)).toMatch(/^# end: 30000 events,+$/);
  expect(new Set(rows.slice(1, -1).map((row) => row.split(",").at(-1))).size).toBe(EVENTS);
});

it.each([{}, { dark: true }, { phone: true }])(
  "is given up by a click, while it waits: %j",
  async (options) => {
    const page = await startExport("silent", "As CSV", options);
    await page.getByText(/^[1-9][\d,]* of 30,000 events$/).waitFor();
    expect(await page.getByRole("button", { name: "Export" }).isDisabled()).toBe(true);
    expect(await violations(page)).toEqual([]);
    await page.getByRole("button", { name: "Cancel" }).click();
    await isReady(page);
    expect(await page.getByText(/of 30,000 events$/).count()).toBe(0);
  },
);
