import { createHash, createHmac } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAnchors } from "@sallyport/audit-trail";
import { createTrailWorld, type TrailWorld } from "@sallyport/audit-trail/testing";
import { createLogger } from "@sallyport/logging";
import { createOutbound } from "@sallyport/outbound";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { AnchorSettings } from "./destinations.ts";
import { auditAnchorsLoop } from "./job.ts";

interface Received {
  readonly request: IncomingMessage;
  readonly body: string;
}

let world: TrailWorld;
let acme: string;
let folder: string;
let server: Server;
let origin: string;
let received: Received[];
let status: number;
const outbound = createOutbound({ allow: ["127.0.0.0/8"] });
const log = createLogger({ level: "silent" });
let now: Date;

beforeEach(async () => {
  world = await createTrailWorld();
  acme = await world.addOrganization();
  await world.record(acme, 2);
  await world.record(null, 1);
  await world.seal();
  folder = await mkdtemp(join(tmpdir(), "sallyport-anchors-"));
  received = [];
  status = 200;
  now = new Date("2026-11-29T08:00:00Z");
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk);
    }
    received.push({ request, body: Buffer.concat(chunks).toString() });
    response.writeHead(status).end();
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
  await world.test.drop();
});

function loop(settings: Partial<AnchorSettings>) {
  return auditAnchorsLoop.create({
    database: world.test.database,
    log,
    now: () => now,
    operatorOutbound: outbound,
    auditAnchors: { everyMinutes: 15, ...settings },
  });
}
const later = (minutes: number) => {
  now = new Date(now.getTime() + minutes * 60_000);
};

it("begins a line of its own where the last one was cut off", async () => {
  const file = join(folder, "roots.jsonl");
  await loop({ file })();
  const whole = await readFile(file, "utf8");
  await writeFile(file, whole.slice(0, -20));
  await world.record(acme, 1);
  await world.seal();
  await loop({ file })();
  const { anchors, cutOff, badLine } = parseAnchors(await readFile(file, "utf8"));
  expect([anchors.length, cutOff, badLine]).toEqual([2, 1, undefined]);
  expect((await world.verify(acme, anchors)).intact).toBe(true);
});

it("appends the last seal of each trail to a file, once, and no more often than it is to", async () => {
  const file = join(folder, "roots.jsonl");
  const run = loop({ file });
  const anchors = async () => parseAnchors(await readFile(file, "utf8"));
  await run();
  const first = await anchors();
  expect(first.badLine).toBeUndefined();
  expect(new Set(first.anchors.map(({ organizationId }) => organizationId))).toEqual(new Set([acme, null]));
  expect(await world.verify(acme, first.anchors)).toMatchObject({ intact: true, anchors: 1 });
  for (let seal = 0; seal < 3; seal++) {
    await world.record(acme, 1);
    await world.seal();
    await run();
  }
  expect((await anchors()).anchors).toHaveLength(2);
  later(15);
  await Promise.all([run(), loop({ file })()]);
  expect((await anchors()).anchors.map(({ number }) => number)).toEqual([1, 1, 4]);
});

it("posts them to a URL, and again after it failed", async () => {
  const errors = vi.spyOn(log, "error").mockClear();
  const run = loop({ webhook: { url: `${origin}/roots?token=secret`, token: "bearer" } });
  status = 503;
  await run();
  await run();
  later(1);
  await run();
  expect(received).toHaveLength(2);
  expect(errors).toHaveBeenCalledTimes(1);
  expect(JSON.stringify(errors.mock.calls)).not.toContain("secret");
  const places = async () =>
    (await world.test.database.sql.query("SELECT failing_since, last_error FROM audit_anchor_places")).rows;
  expect(await places()).toEqual([{ failing_since: expect.any(Date), last_error: "It answered 503" }]);
  status = 204;
  later(1);
  await run();
  expect(await places()).toEqual([{ failing_since: null, last_error: null }]);
  later(15);
  await run();
  expect(received).toHaveLength(3);
  const { request, body } = received[2] ?? expect.fail();
  expect(request.headers).toMatchObject({
    authorization: "Bearer bearer",
    "content-type": "application/x-ndjson",
  });
  expect(parseAnchors(body).anchors).toHaveLength(2);
  const { rows } = await world.test.database.sql.query("SELECT DISTINCT destination FROM audit_anchors");
  expect(JSON.stringify(rows)).not.toContain("secret");
});

describe("a bucket", () => {
  const s3 = {
    region: "eu-central-1",
    accessKeyId: "AKID",
    secretAccessKey: "top/secret",
    retentionDays: 30,
  };

  it("gets one locked object, signed as AWS has it (Signature Version 4)", async () => {
    await loop({ s3: { ...s3, url: `${origin}/bucket/audit/` } })();
    const { request, body } = received[0] ?? expect.fail();
    const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
    const { headers } = request;
    expect(request.url).toBe(`/bucket/audit/2026-11-29/${sha256(body)}.jsonl`);
    expect(headers).toMatchObject({
      "x-amz-object-lock-mode": "COMPLIANCE",
      "x-amz-object-lock-retain-until-date": "2026-12-29T08:00:00.000Z",
      "x-amz-content-sha256": sha256(body),
      "content-md5": createHash("md5").update(body).digest("base64"),
    });
    // By the text of "Create a signed AWS API request", and no library.
    const [, scope = "", names = "", signature] =
      /Credential=AKID\/(\S+), SignedHeaders=(\S+), Signature=(\w+)$/.exec(headers.authorization ?? "") ?? [];
    const canonical = [
      "PUT",
      request.url,
      "",
      ...names.split(";").map((name) => `${name}:${headers[name]}`),
      "",
      names,
      sha256(body),
    ].join("\n");
    const toSign = ["AWS4-HMAC-SHA256", "20261129T080000Z", scope, sha256(canonical)].join("\n");
    const key = ["20261129", "eu-central-1", "s3", "aws4_request"].reduce<string | Buffer>(
      (last, part) => createHmac("sha256", last).update(part).digest(),
      `AWS4${s3.secretAccessKey}`,
    );
    expect(scope).toBe("20261129/eu-central-1/s3/aws4_request");
    expect(names.split(";")).toEqual(
      expect.arrayContaining(["host", "x-amz-object-lock-mode", "x-amz-date"]),
    );
    expect(signature).toBe(createHmac("sha256", key).update(toSign).digest("hex"));
  });

  it("is asked again where it refused", async () => {
    status = 403;
    const run = loop({ s3: { ...s3, url: `${origin}/bucket` } });
    await run();
    status = 200;
    later(1);
    await run();
    expect(received.map(({ body }) => body.length > 0)).toEqual([true, true]);
  });
});
