import { type ClickhouseReceiver, startClickhouseReceiver } from "@sallyport/clickhouse/testing";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { startTestGateway, type TestGateway } from "../harness/gateway.ts";

// The gateway as its environment has it: CLICKHOUSE_URL, and a receiver of ClickHouse's HTTP interface.

let clickhouse: ClickhouseReceiver;
let gateway: TestGateway | undefined;
beforeEach(async () => {
  clickhouse = await startClickhouseReceiver();
});
afterEach(async () => {
  await gateway?.stop();
  gateway = undefined;
  await clickhouse.close();
});

async function start(password = clickhouse.password): Promise<TestGateway> {
  const url = new URL("/audit", clickhouse.url);
  url.username = clickhouse.user;
  url.password = encodeURIComponent(password);
  gateway = await startTestGateway({ env: { CLICKHOUSE_URL: url.href } });
  return gateway;
}

const eventually = (check: () => void | Promise<void>) =>
  vi.waitFor(check, { timeout: 30_000, interval: 50 });
const stream = async ({ database }: TestGateway) => database.prisma.auditStream.findFirstOrThrow();
const metricsOf = async ({ url }: TestGateway) => (await fetch(`${url}/metrics`)).text();

it("sends what happens to the ClickHouse that it names", async () => {
  const { api } = await start();
  await api("POST", "/organizations", { slug: "acme", name: "Acme" });
  const types = () => clickhouse.rows("sallyport_events")?.map(({ type }) => type);
  await eventually(() => expect(types()).toContain("organization.created"));
});

it("starts, works and stops while that hangs, and shows how much waits", async () => {
  clickhouse.answer = "hang";
  const running = await start();
  expect((await running.api("POST", "/organizations", { slug: "acme", name: "Acme" })).status).toBe(201);
  expect((await fetch(`${running.url}/readyz`)).status).toBe(200);
  await eventually(async () =>
    expect(await metricsOf(running)).toMatch(
      /sallyport_audit_stream_lag_events\{id="[0-9a-f-]{36}",name="ClickHouse"\} [1-9]/,
    ),
  );
});

it("names the password nowhere, whatever the server says of it", async () => {
  const running = await start("hunter2 %");
  await running.api("POST", "/organizations", { slug: "acme", name: "Acme" });
  await eventually(async () => expect((await stream(running)).lastError).toContain("AUTHENTICATION_FAILED"));
  expect(await metricsOf(running)).toMatch(/sallyport_audit_stream_failing\{.*name="ClickHouse"\} 1/);
  const { body } = await running.api("GET", "/audit-streams");
  const row = JSON.stringify(await stream(running), (_, value) =>
    typeof value === "bigint" ? String(value) : value,
  );
  const told = [JSON.stringify(body), row, ...running.logLines, await metricsOf(running)].join("\n");
  expect(told).toContain("ClickHouse");
  for (const form of ["hunter2", Buffer.from("hunter2").toString("base64").slice(0, 8)]) {
    expect(told).not.toContain(form);
  }
  expect(told).not.toContain(Buffer.from(`${clickhouse.user}:hunter2 %`).toString("base64"));
});

it("rests without the variable", async () => {
  gateway = await startTestGateway();
  expect(await gateway.database.prisma.auditStream.count()).toBe(0);
  expect(clickhouse.requests.count).toBe(0);
});
