/**
 * A webhook as a way in: whoever may add an endpoint has the gateway's worker send requests, and reads what came back. So
 * they name the operator's network, or a public address that leads there, and look for what others are sent.
 * CWE-918 (server-side request forgery), CWE-601, CWE-113, CWE-200; OWASP API7:2023.
 */

import { type Receiver, startReceiver } from "@sallyport/webhooks/testing";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { z } from "zod";
import { startTestGateway, type TestGateway } from "../../harness/gateway.ts";

const made = z.object({ id: z.string(), secret: z.string() });
const keyed = z.object({ key: z.string() });

let gateway: TestGateway;
let inside: Receiver;
let outside: Receiver;
let key: string;
beforeAll(async () => {
  inside = await startReceiver();
  outside = await startReceiver();
  // Only this one address stands for the public.
  gateway = await startTestGateway({ env: { OUTBOUND_ALLOW: "127.0.0.1/32" } });
  for (const slug of ["evil", "victim"]) {
    await gateway.api("POST", "/organizations", { slug, name: slug });
  }
  const { body } = await gateway.api("POST", "/api-keys", { name: "evil", organization: "evil" });
  key = keyed.parse(body).key;
});
afterAll(async () => {
  await gateway.stop();
  await inside.close();
  await outside.close();
});

/** Adds an endpoint and has a test event sent there. */
async function send(url: string) {
  const endpoint = made.parse((await gateway.api("POST", "/webhook-endpoints", { url }, key)).body);
  expect((await gateway.api("POST", `/webhook-endpoints/${endpoint.id}/test`, undefined, key)).status).toBe(
    204,
  );
  return endpoint;
}

/** The first attempt of what was sent to an endpoint. */
const attempt = (endpointId: string) =>
  vi.waitFor(
    async () => {
      const found = await gateway.database.prisma.webhookAttempt.findFirst({
        where: { delivery: { endpointId } },
      });
      expect(found).not.toBeNull();
      return found;
    },
    { timeout: 20_000, interval: 50 },
  );

it.each([
  "https://10.0.0.1/latest/meta-data",
  "https://169.254.169.254/latest/meta-data/iam",
  "https://[::1]/",
  "https://[::ffff:10.0.0.1]/",
  "https://0x7f000002/",
  "https://2130706434/",
  "http://localhost/",
])("is not sent to an address that is not public: %s", async (url) => {
  const { id } = await send(url);
  const found = await attempt(id);
  expect(found).toMatchObject({ status: null, response: null });
  expect(found?.error).toMatch(/is not a public address|could not be reached/);
});

it("is not sent where a redirect leads, nor does its answer tell what is there", async () => {
  outside.answer = (_got, res) => {
    res.writeHead(307, { location: `${inside.url}/secret` }).end();
    return undefined;
  };
  const { id } = await send(outside.url);
  const found = await attempt(id);
  expect(found?.error).toContain("answered with a redirect");
  expect(inside.received).toEqual([]);
});

it("carries nothing into its headers by its address or description", async () => {
  for (const body of [
    { url: "https://hooks.example.com/%0d%0aX-Injected:1\r\nX-Injected: 1" },
    { url: "https://hooks.example.com/ x\u0000" },
    { url: outside.url, description: "x\r\nX-Injected: 1" },
  ]) {
    const { status, body: answer } = await gateway.api("POST", "/webhook-endpoints", body, key);
    expect([status, answer]).toMatchObject([400, { code: "input_invalid" }]);
  }
  outside.answer = 204;
  const { id } = await send(`${outside.url}/%0d%0aX-Injected:%201?a=%0aX-Injected:1`);
  await attempt(id);
  const got = outside.received.find(({ path }) => path.includes("Injected"));
  expect(got?.headers).not.toHaveProperty("x-injected");
});

it("tells an organization nothing of another one's events, nor of the gateway's", async () => {
  outside.answer = 204;
  const from = outside.received.length;
  const { id } = await send(outside.url);
  await gateway.api("POST", "/organizations/victim/roles", { key: "secret", name: "Secret" });
  await gateway.api("POST", "/applications", { name: "App", redirectUris: ["https://app.example.com/cb"] });
  await gateway.api("POST", "/organizations/evil/roles", { key: "own", name: "Own" });
  await vi.waitFor(
    () => expect(outside.received.slice(from).map(({ message }) => message.type)).toContain("role.created"),
    { timeout: 20_000, interval: 50 },
  );
  const evil = await gateway.database.prisma.organization.findUniqueOrThrow({ where: { slug: "evil" } });
  expect(new Set(outside.received.slice(from).map(({ message }) => message.data.organizationId))).toEqual(
    new Set([evil.id]),
  );
  // By replay, too.
  const since = new Date(Date.now() - 3_600_000).toISOString();
  await gateway.api("POST", `/webhook-endpoints/${id}/replay`, { since, deliveries: "all" }, key);
  const told = await gateway.database.prisma.webhookDelivery.findMany({ where: { endpointId: id } });
  expect(new Set(told.map(({ organizationId }) => organizationId))).toEqual(new Set([evil.id]));
});

it("never shows a secret again, and logs none", async () => {
  const { id, secret } = await send(outside.url);
  const rotated = made.parse(
    (await gateway.api("POST", `/webhook-endpoints/${id}/rotate-secret`, {}, key)).body,
  );
  await gateway.api("POST", `/webhook-endpoints/${id}/test`, undefined, key);
  await attempt(id);
  const delivery = await gateway.database.prisma.webhookDelivery.findFirstOrThrow({
    where: { endpointId: id },
  });
  const paths = ["", `/${id}`, `/${id}/deliveries`, `/${id}/deliveries/${delivery.id}`];
  const shown = await Promise.all(paths.map((path) => gateway.api("GET", `/webhook-endpoints${path}`)));
  const events = await gateway.api("GET", "/organizations/evil/audit-events");
  const rows = await gateway.database.prisma.webhookEndpoint.findMany();
  const all = JSON.stringify([shown, events, rows, gateway.logLines]);
  for (const each of [secret, rotated.secret]) {
    expect(all).not.toContain(each.slice("whsec_".length));
    expect(all).not.toContain(Buffer.from(each.slice("whsec_".length), "base64").toString("hex"));
  }
});
