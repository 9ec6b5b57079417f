import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import { newEncryptionKey, newToken } from "@sallyport/secrets";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startTestGateway, type TestGateway } from "../../harness/gateway.ts";
import { spawnGateway, temporaryFolder } from "../../harness/process.ts";
import { ACCESS_KEY_ID, REGION, type S3Server, SECRET_ACCESS_KEY, startS3Server } from "./server.ts";

const PATIENCE = { timeout: 30_000, interval: 200 };
const DAY_MS = 86_400_000;

let s3: S3Server;
let testDatabase: TestDatabase;
let gateway: TestGateway;
let organizationId: string;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const secrets = {
  SALLYPORT_ENCRYPTION_KEYS: newEncryptionKey(),
  SALLYPORT_ROOT_KEY: newToken("sp_root"),
};

const start = () =>
  startTestGateway({
    testDatabase,
    env: {
      ...secrets,
      OUTBOUND_ALLOW: "127.0.0.0/8",
      AUDIT_ANCHOR_S3: `${s3.url}/anchors/roots`,
      AUDIT_ANCHOR_S3_REGION: REGION,
      AUDIT_ANCHOR_S3_ACCESS_KEY_ID: ACCESS_KEY_ID,
      AUDIT_ANCHOR_S3_SECRET_ACCESS_KEY: SECRET_ACCESS_KEY,
      AUDIT_ANCHOR_S3_RETENTION_DAYS: "30",
      AUDIT_ANCHOR_MINUTES: "1",
    },
  });

async function api(method: string, path: string, body?: unknown) {
  const answer = await gateway.api(method, path, body);
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
  return answer.body as { readonly id: string };
}

beforeAll(async () => {
  folder = await temporaryFolder();
  s3 = await startS3Server();
  await s3.createBucket("anchors", { objectLock: true });
  await s3.createBucket("siem");
  testDatabase = await createTestDatabase();
  gateway = await start();
  ({ id: organizationId } = await api("POST", "/organizations", { slug: "acme", name: "Acme" }));
});
afterAll(async () => {
  await gateway?.stop();
  await testDatabase?.drop();
  await s3?.stop();
  await folder?.remove();
});

const sealed = () =>
  vi.waitFor(async () => {
    const { rows } = await testDatabase.database.sql.query(
      `SELECT 1 FROM events e WHERE e.organization_id = $1 AND NOT EXISTS (
         SELECT 1 FROM outbox o JOIN audit_trails t USING (organization_id)
         WHERE o.event_id = e.id AND o.sequence <= t.last_sequence)`,
      [organizationId],
    );
    expect(rows).toEqual([]);
  }, PATIENCE);

describe("anchors", () => {
  /** `sallyport audit verify` against what lies in the bucket. */
  async function verify() {
    const lines = (await s3.objects("anchors")).map(({ body }) => body).join("");
    const file = join(folder.path, "roots.jsonl");
    await writeFile(file, lines);
    const process = spawnGateway({
      args: ["audit", "verify", "--organization", "acme", "--anchors", file],
      env: { DATABASE_URL: testDatabase.url, SALLYPORT_ENCRYPTION_KEYS: secrets.SALLYPORT_ENCRYPTION_KEYS },
    });
    const { code } = await process.exited;
    return { code, said: process.stdout() };
  }

  it("lie there, locked for as long as it was asked for, and the trail is held against them", async () => {
    await sealed();
    // Anchors are due when a process starts.
    await gateway.stop();
    gateway = await start();
    const objects = await vi.waitFor(async () => {
      const found = (await s3.objects("anchors")).filter(({ body }) => body.includes(organizationId));
      expect(found).not.toEqual([]);
      return found;
    }, PATIENCE);
    for (const { key } of objects) {
      expect(key).toMatch(/^roots\/\d{4}-\d\d-\d\d\/[0-9a-f]{64}\.jsonl$/);
      const retention = await (await s3.request("GET", `/anchors/${key}?retention`)).text();
      expect(retention).toContain("<Mode>COMPLIANCE</Mode>");
      const [, date = ""] = /<RetainUntilDate>([^<]+)</.exec(retention) ?? [];
      const until = new Date(date).getTime();
      expect(Math.abs(until - Date.now() - 30 * DAY_MS)).toBeLessThan(300_000);
    }
    expect(await verify()).toMatchObject({
      code: 0,
      said: expect.stringContaining("1 roots from outside compared"),
    });
  });

  it("are deleted by nobody, not even by the key that wrote them", async () => {
    const [anchor] = await s3.objects("anchors");
    const version = anchor?.headers.get("x-amz-version-id") ?? "";
    expect(version).not.toBe("");
    const path = `/anchors/${anchor?.key}?versionId=${version}`;
    for (const headers of [{}, { "x-amz-bypass-governance-retention": "true" }]) {
      const refused = await s3.request("DELETE", path, headers);
      expect([refused.status, await refused.text()]).toEqual([
        403,
        expect.stringMatching(/AccessDenied|locked/i),
      ]);
    }
    expect(await (await s3.request("GET", path)).text()).toBe(anchor?.body);
  });

  it("tell that the end of the trail was cut off", async () => {
    await gateway.stop();
    const { sql } = testDatabase.database;
    for (const table of ["audit_seals", "audit_trails"]) {
      await sql.query(`DELETE FROM ${table} WHERE organization_id = $1`, [organizationId]);
    }
    const { code, said } = await verify();
    gateway = await start();
    expect(code).toBe(3);
    expect(said).toContain("seals_cut_off");
  });
});

describe("an audit stream", () => {
  const destination = () => ({
    ...{ type: "s3", endpoint: s3.url, region: REGION, bucket: "siem", prefix: "events/" },
    accessKeyId: ACCESS_KEY_ID,
  });
  const of = "/organizations/acme/audit-streams";

  it("puts each event there once, in order", async () => {
    await api("POST", of, { name: "SIEM", destination: destination(), secret: SECRET_ACCESS_KEY });
    for (let n = 0; n < 5; n++) {
      await api("POST", "/organizations/acme/roles", { key: `role-${n}`, name: `Role ${n}` });
    }
    const { rows } = await testDatabase.database.sql.query<{ id: string }>(
      "SELECT id FROM events WHERE organization_id = $1 AND type = 'role.created' AND after ->> 'key' LIKE 'role-%' ORDER BY serial",
      [organizationId],
    );
    await vi.waitFor(async () => {
      const objects = await s3.objects("siem");
      const events = objects
        .toSorted((one, other) => firstOf(one.key) - firstOf(other.key))
        .flatMap(({ body }) => body.split("\n"))
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as { id: string; type: string });
      const ids = events.filter(({ type }) => type === "role.created").map(({ id }) => id);
      expect(ids).toEqual(rows.map(({ id }) => id));
      expect(objects[0]?.key).toMatch(new RegExp(`^events/${organizationId}/\\d{4}/\\d\\d/\\d\\d/`));
    }, PATIENCE);
  });

  it("shows what the server said to a wrong secret, and goes on with the right one", async () => {
    const { id } = await api("POST", of, {
      name: "Wrong",
      destination: { ...destination(), prefix: "wrong/" },
      secret: "not the secret of the server",
    });
    await api("POST", `${of}/${id}/test`);
    await vi.waitFor(async () => {
      const { body } = await gateway.api("GET", `${of}/${id}`);
      expect(JSON.stringify(body)).toMatch(/403.*SignatureDoesNotMatch/);
    }, PATIENCE);
    await api("PATCH", `${of}/${id}`, { secret: SECRET_ACCESS_KEY });
    await vi.waitFor(async () => {
      const found = (await s3.objects("siem")).filter(({ key }) => key.startsWith("wrong/"));
      expect(found.map(({ body }) => body).join("")).toContain("audit_stream.tested");
    }, PATIENCE);
  });
});

/** The number of an object's first event. */
function firstOf(key: string): number {
  return Number(/(\d+)-\d+\.ndjson$/.exec(key)?.[1]);
}
