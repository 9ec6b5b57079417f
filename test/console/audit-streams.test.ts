import { asSplunk, type Collector, startCollector } from "@sallyport/audit-streams/testing";
import { startClickhouseReceiver } from "@sallyport/clickhouse/testing";
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
  await details.getByRole("button", { name: "Edit" }).click();
  await details.getByText("Left empty: stays as it is.").waitFor();
  expect(await details.getByRole("button", { name: "Save" }).isDisabled()).toBe(true);
  await details.getByRole("textbox", { name: "Index" }).fill("audit");
  await details.getByLabel("Token").fill("right");
  await details.getByRole("button", { name: "Save" }).click();
  await details.getByText("Splunk ·").waitFor();
  expect(
    await gateway.database.prisma.auditStream.findFirst({ where: { id: stream?.id ?? "" } }),
  ).toMatchObject({
    destination: { type: "splunk", url: collector.url, index: "audit" },
  });
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

it("takes the secret anew with another receiver, and can do without one where the collector can", async () => {
  const { body } = await gateway.api("POST", PATH, {
    name: "Old name",
    destination: { type: "http", url: "https://siem.example.com/in" },
    secret: "Bearer abc",
  });
  const { id } = body as { id: string };
  const stored = () => gateway.database.prisma.auditStream.findUniqueOrThrow({ where: { id } });
  const sealed = (await stored()).secret;
  const page = await openConsole(browser, gateway, `${PATH}?stream=${id}&panel=edit`);
  const form = page.getByRole("dialog");
  const save = form.getByRole("button", { name: "Save" });
  await form.getByRole("textbox", { name: "Address" }).fill("https://siem.example.com/other");
  await form.getByText("The address is of another receiver: enter it anew.").waitFor();
  expect(await save.isDisabled()).toBe(true);
  await form.getByRole("textbox", { name: "Address" }).fill("https://siem.example.com/in?source=gateway");
  await form.getByRole("textbox", { name: "Name" }).fill("New name");
  await save.click();
  await page.getByRole("row", { name: /New name/ }).waitFor();
  expect(await stored()).toMatchObject({
    secret: sealed,
    destination: { url: "https://siem.example.com/in?source=gateway" },
  });

  await form.getByRole("button", { name: "Edit" }).click();
  await form.getByRole("textbox", { name: "Address" }).fill("https://evil.example.com/in");
  await form.getByText("The address is of another receiver: enter it anew.").waitFor();
  expect(await save.isDisabled()).toBe(true);
  expect(await violations(page)).toEqual([]);
  await form.getByRole("checkbox", { name: "Send no Authorization" }).check();
  await save.click();
  await form.getByText("HTTP · https://evil.example.com/in").waitFor();
  expect(await stored()).toMatchObject({ secret: null });

  await form.getByRole("button", { name: "Edit" }).click();
  await form.getByRole("textbox", { name: "Address" }).fill("https://siem.example.com/in");
  await save.click();
  await form.getByText("HTTP · https://siem.example.com/in").waitFor();
  await page.context().close();
  await gateway.api("DELETE", `${PATH}/${id}`);
});

it("keeps the proxy of Datadog when something else is changed", async () => {
  const { body } = await gateway.api("POST", PATH, {
    name: "Datadog",
    destination: { type: "datadog", site: "datadoghq.eu", url: "https://proxy.example.com" },
    secret: "key",
  });
  const { id } = body as { id: string };
  const page = await openConsole(browser, gateway, `${PATH}?stream=${id}&panel=edit`);
  const form = page.getByRole("dialog");
  await form.getByRole("textbox", { name: "Tags" }).fill("env:test");
  await form.getByRole("button", { name: "Save" }).click();
  await form.getByText("Datadog · https://proxy.example.com").waitFor();
  const { destination } = await gateway.database.prisma.auditStream.findUniqueOrThrow({ where: { id } });
  expect(destination).toEqual({
    ...{ type: "datadog", site: "datadoghq.eu" },
    ...{ url: "https://proxy.example.com", tags: "env:test" },
  });
  await page.context().close();
  await gateway.api("DELETE", `${PATH}/${id}`);
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
  for (const search of ["", "?panel=new", `?stream=${id}`, `?stream=${id}&panel=edit`]) {
    const page = await openConsole(browser, gateway, `${PATH}${search}`, options);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForLoadState("networkidle");
    expect([search, await violations(page)]).toEqual([search, []]);
    await page.context().close();
  }
});

it("shows the stream to the ClickHouse of the environment, which is not changed here", async () => {
  const clickhouse = await startClickhouseReceiver();
  const other = await startTestGateway({
    env: {
      CLICKHOUSE_URL: `${clickhouse.url}/audit`,
      CLICKHOUSE_USER: clickhouse.user,
      CLICKHOUSE_PASSWORD: clickhouse.password,
    },
  });
  try {
    const page = await openConsole(browser, other, "/audit-streams");
    await page.getByRole("row", { name: /ClickHouse.*Delivering.*0 events/ }).waitFor({ timeout: 20_000 });
    await page.getByRole("link", { name: "ClickHouse" }).first().click();
    const details = page.getByRole("dialog", { name: "ClickHouse" });
    await details.getByText(`ClickHouse · ${clickhouse.url}/audit`).waitFor();
    await details.getByText("Made by the gateway's environment").waitFor();
    expect(await details.getByRole("button", { name: /Disable|Delete stream/ }).count()).toBe(0);
    expect(await violations(page)).toEqual([]);
    await details.getByRole("button", { name: "Send test event" }).click();
    const typesThere = () => clickhouse.rows("sallyport_events")?.map(({ type }) => type);
    await expect.poll(typesThere, { timeout: 20_000 }).toContain("audit_stream.tested");
  } finally {
    await other.stop();
    await clickhouse.close();
  }
});
