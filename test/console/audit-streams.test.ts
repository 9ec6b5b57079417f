import { asSplunk, type Collector, startCollector } from "@sallyport/audit-streams/testing";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { launchBrowser } from "../harness/browser.ts";
import { startTestGateway, type TestGateway } from "../harness/gateway.ts";
import { violations } from "./accessibility.ts";
import { openConsole } from "./console-session.ts";

// From the form to the collector, which judges by the token as Splunk's does.

let gateway: TestGateway;
let browser: Browser;
let collector: Collector;

beforeAll(async () => {
  gateway = await startTestGateway();
  browser = await launchBrowser();
  collector = await startCollector(asSplunk("right"));
  await gateway.api("POST", "/organizations", { slug: "acme", name: "Acme" });
});
afterAll(async () => {
  await collector?.close();
  await browser?.close();
  await gateway?.stop();
});

const PATH = "/organizations/acme/audit-streams";
const typesTaken = () =>
  collector.taken.flatMap(({ body }) =>
    body.split("\n").map((line) => (JSON.parse(line) as { event: { type: string } }).event.type),
  );

it("is made, tells why it fails, delivers once the collector takes it, and is deleted", async () => {
  const page = await openConsole(browser, gateway, PATH);
  await page.getByRole("heading", { name: "No stream yet" }).waitFor();
  await page.getByRole("button", { name: "New stream" }).first().click();
  const form = page.getByRole("dialog");
  await form.getByRole("textbox", { name: "Name" }).fill("SIEM");
  await form.getByRole("textbox", { name: "Address" }).fill("http://splunk.example.com");
  await form.getByLabel("Token").fill("wrong");
  await form.getByRole("button", { name: "Add stream" }).click();
  await form.getByText("Must be an https URL").waitFor();
  await form.getByRole("textbox", { name: "Address" }).fill(collector.url);
  await form.getByRole("button", { name: "Add stream" }).click();

  const details = page.getByRole("dialog");
  await details.getByText("Splunk ·").waitFor();
  await details.getByText("Invalid token").waitFor({ timeout: 20_000 });
  await page.getByRole("row", { name: /SIEM.*Failing/ }).waitFor();
  const [stream] = await gateway.database.prisma.auditStream.findMany();
  expect(await page.content()).not.toContain("wrong");
  await gateway.api("PATCH", `${PATH}/${stream?.id}`, { secret: "right" });
  await details.getByRole("button", { name: "Send test event" }).click();
  await page.getByRole("row", { name: /SIEM.*Delivering.*0 events/ }).waitFor({ timeout: 20_000 });
  await expect.poll(typesTaken).toContain("audit_stream.tested");

  await details.getByRole("button", { name: "Disable" }).click();
  await page.getByRole("dialog", { name: "Disable SIEM?" }).getByRole("button", { name: "Disable" }).click();
  await page.getByRole("row", { name: /SIEM.*Disabled/ }).waitFor();
  await details.getByRole("button", { name: "Enable" }).click();
  await details.getByRole("button", { name: "Delete stream" }).click();
  const question = page.getByRole("dialog", { name: "Delete SIEM?" });
  await question.getByRole("textbox").fill("SIEM");
  await question.getByRole("button", { name: "Delete stream" }).click();
  await page.getByRole("heading", { name: "No stream yet" }).waitFor();
});

it("has a page of the gateway's own, with the fields of each kind of collector", async () => {
  const page = await openConsole(browser, gateway, "/audit-streams?panel=new");
  const form = page.getByRole("dialog");
  await form.getByRole("combobox", { name: "Kind of collector" }).selectOption("s3");
  await form.getByRole("textbox", { name: "Name" }).fill("Archive");
  await form.getByRole("textbox", { name: "Address of the store" }).fill("https://s3.example.com");
  await form.getByRole("textbox", { name: "Region" }).fill("eu-central-1");
  await form.getByRole("textbox", { name: "Bucket" }).fill("No Bucket");
  await form.getByRole("textbox", { name: "Access key ID" }).fill("AKIDEXAMPLE");
  await form.getByLabel("Secret access key").fill("secret");
  await form.getByRole("button", { name: "Add stream" }).click();
  await form.getByText("Must be 3 to 63 of a-z").waitFor();
  await form.getByRole("textbox", { name: "Bucket" }).fill("audit");
  await form.getByRole("button", { name: "Add stream" }).click();
  await page.getByRole("dialog").getByText("https://s3.example.com/audit/").waitFor();
  expect(await gateway.database.prisma.auditStream.findMany()).toMatchObject([
    { organizationId: null, name: "Archive" },
  ]);
});

it.each([{}, { dark: true }, { phone: true }])("has nothing that axe finds wrong: %j", async (options) => {
  await gateway.api("POST", PATH, { name: "SIEM", destination: { type: "http", url: collector.url } });
  const { id } = await gateway.database.prisma.auditStream.findFirstOrThrow({ where: { name: "SIEM" } });
  for (const search of ["", "?panel=new", `?stream=${id}`]) {
    const page = await openConsole(browser, gateway, `${PATH}${search}`, options);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForLoadState("networkidle");
    expect([search, await violations(page)]).toEqual([search, []]);
    await page.context().close();
  }
});
