/**
 * What an audit stream's destination is trusted with, by whom it should not be: a receiver that sends back what it was sent,
 * so that the secret stands in what viewers read and in the trail; an administrator who has the secret of another one sent to
 * a receiver of their own; an index, tags or a prefix that become headers or another's object. CWE-522, CWE-532, CWE-201,
 * CWE-113, CWE-22.
 */

import { type Collector, startCollector } from "@sallyport/audit-streams/testing";
import { fillOutbox } from "@sallyport/events";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { z } from "zod";
import { startTestGateway, type TestGateway } from "../../harness/gateway.ts";

const SECRET = "Bearer tok-5b1e9f27c4d84be2";
const TOKEN = "tok-5b1e9f27c4d84be2";
const stream = z.object({ id: z.string(), lastError: z.string().nullable() });

let gateway: TestGateway;
/** Answers with all that it was sent, as what is used to look at webhooks does. */
let echo: Collector;
let clock: Date;

beforeAll(async () => {
  clock = new Date();
  gateway = await startTestGateway({ now: () => clock });
  echo = await startCollector(({ headers, body }) => [401, JSON.stringify({ headers, body })]);
  await gateway.api("POST", "/organizations", { slug: "acme", name: "Acme" });
});
afterAll(async () => {
  await gateway.stop();
  await echo.close();
});

const PATH = "/organizations/acme/audit-streams";
async function create(destination: object, secret: string = SECRET) {
  return gateway.api("POST", PATH, { name: "SIEM", destination, secret });
}
const made = async (destination: object, secret?: string) =>
  stream.parse((await create(destination, secret)).body);
const failed = (id: string) =>
  vi.waitFor(
    async () => {
      const shown = stream.parse((await gateway.api("GET", `${PATH}/${id}`)).body);
      expect(shown.lastError).not.toBeNull();
      return shown.lastError ?? "";
    },
    { timeout: 20_000, interval: 50 },
  );

it.each(["http", "splunk", "datadog"])(
  "a receiver that echoes shows the secret to nobody: %s",
  async (type) => {
    const more = type === "datadog" ? { site: "datadoghq.eu" } : {};
    const { id } = await made({ type, url: echo.url, ...more }, type === "http" ? SECRET : TOKEN);
    await gateway.api("POST", `${PATH}/${id}/test`);
    expect(await failed(id)).toContain("[secret]");
    // It goes on failing until the trail tells.
    clock = new Date(clock.getTime() + 16 * 60_000);
    const events = await vi.waitFor(
      async () => {
        await fillOutbox(gateway.database);
        const found = await gateway.database.prisma.event.findMany({
          where: { resourceId: id, type: "audit_stream.failing" },
        });
        expect(found).toHaveLength(1);
        return found;
      },
      { timeout: 20_000, interval: 50 },
    );
    expect(events[0]?.data).toMatchObject({ error: "The destination answered 401" });
    const rows = await gateway.database.prisma.auditStream.findMany({
      select: { lastError: true, secret: true },
    });
    const told = events.map(({ before, after, data }) => [before, after, data]);
    expect(JSON.stringify([rows, told, gateway.logLines])).not.toContain(TOKEN);
    await gateway.api("DELETE", `${PATH}/${id}`);
  },
);

it("a secret is not sent to another receiver at the same host", async () => {
  const { id } = await made({ type: "http", url: `${echo.url}/customers/acme` });
  const elsewhere = { type: "http", url: `${echo.url}/customers/evil` };
  const move = (body: object) => gateway.api("PATCH", `${PATH}/${id}`, body);
  expect(await move({ destination: elsewhere })).toMatchObject({
    status: 400,
    body: { code: "audit_stream_secret_needed" },
  });
  expect((await move({ destination: { type: "http", url: `${echo.url}/customers/acme?a=1` } })).status).toBe(
    200,
  );
  expect((await move({ destination: elsewhere, secret: "another" })).status).toBe(200);
  await gateway.api("DELETE", `${PATH}/${id}`);
});

it.each<[string, object]>([
  ["an index with a header", { type: "splunk", url: "https://siem.example.com", index: "a\r\nx-admin: 1" }],
  ["tags with a header", { type: "datadog", site: "datadoghq.eu", tags: "env:a\r\nx-admin: 1" }],
  ["a site with a path", { type: "datadog", site: "evil.example.com/?datadoghq.eu" }],
  ...["../x/", "a//../b/", "%2e%2e/", "a/./", "..%2f", "x\u0000/", "/", "a?b/", "a#b/"].map(
    (prefix): [string, object] => [`the prefix ${JSON.stringify(prefix)}`, { ...S3(), prefix }],
  ),
  ...["..", "a/b", "a?b", "A", "a%2fb"].map((bucket): [string, object] => [
    `the bucket ${bucket}`,
    { ...S3(), bucket },
  ]),
])("takes no %s", async (what, destination) => {
  const answer = await create(destination, "s");
  expect([what, answer.status]).toEqual([what, 400]);
});

function S3() {
  return {
    ...{ type: "s3", endpoint: "https://s3.example.com", region: "eu", bucket: "audit" },
    accessKeyId: "key",
  };
}
