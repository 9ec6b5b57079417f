import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTrailWorld, type TrailWorld } from "@sallyport/audit-trail/testing";
import { forgetEvents, recordEvents } from "@sallyport/events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { auditVerify } from "./audit-verify.ts";
import { type AuditVerifyOptions, UsageError } from "./command-line.ts";

let world: TrailWorld;
let acme: string;
let folder: string;
beforeEach(async () => {
  world = await createTrailWorld();
  folder = await mkdtemp(join(tmpdir(), "sallyport-audit-"));
  acme = await world.addOrganization();
  await world.record(acme, 3);
  await world.record(null, 1);
  await world.seal();
});
afterEach(async () => {
  await rm(folder, { recursive: true });
  await world.test.drop();
});

async function run(
  options: Partial<AuditVerifyOptions> = {},
  encryptionKeys: readonly string[] | null = world.encryptionKeys,
) {
  const said: string[] = [];
  const complaints: string[] = [];
  const code = await auditVerify(
    { databaseUrl: world.test.url, encryptionKeys: encryptionKeys ?? undefined },
    { organization: undefined, anchors: undefined, json: false, ...options },
    { say: (text) => said.push(text), complain: (text) => complaints.push(text) },
  );
  return { code, said, complaints };
}

const change =
  "UPDATE events SET ip = '192.0.2.9' WHERE id = (SELECT event_id FROM outbox WHERE sequence = 2)";

describe("sallyport audit verify", () => {
  it("says of each trail that it is intact, and ends with 0", async () => {
    const { code, said, complaints } = await run();
    expect(code).toBe(0);
    expect(complaints).toEqual([]);
    expect(said).toEqual([
      "gateway: intact; 1 events as they were sealed, in 1 seals",
      `${acme}: intact; 3 events as they were sealed, in 1 seals`,
    ]);
  });

  it("says where a trail was changed, and ends with 3", async () => {
    await world.tamper(change);
    const { code, said } = await run();
    expect(code).toBe(3);
    expect(said[0]).toContain("gateway: intact");
    expect(said[1]).toMatch(/NOT INTACT; 2 events.*\n {2}event_changed: Event \S+ at place 2 /);
    const { said: json } = await run({ json: true, organization: acme });
    expect(json.map((line) => JSON.parse(line))).toMatchObject([
      { organizationId: acme, intact: false, problems: [{ code: "event_changed", sequence: 2, seal: 1 }] },
    ]);
  });

  it("says that it cannot tell whose keys signed without the encryption keys, and notices others", async () => {
    expect((await run({}, null)).complaints).toEqual([expect.stringContaining("SALLYPORT_ENCRYPTION_KEYS")]);
    const { code, said } = await run({}, [Buffer.alloc(32).toString("base64")]);
    expect(code).toBe(3);
    expect(said.join()).toContain("key_not_ours");
  });

  it("compares with roots from outside, and misses a trail that is gone unless its organization was deleted", async () => {
    const path = join(folder, "roots.jsonl");
    await writeFile(path, (await world.anchorLines()).join(""));
    expect((await run({ anchors: path })).said[1]).toContain("1 roots from outside compared");
    const { sql } = world.test.database;
    await world.test.database.transaction(async (inside) => {
      await inside.query("DELETE FROM organizations WHERE id = $1", [acme]);
      await forgetEvents(inside, acme);
      await world.forget(inside, acme);
    });
    const gone = await run({ anchors: path });
    expect(gone.code).toBe(3);
    expect(gone.said[1]).toContain("trail_missing");
    await recordEvents(sql, [
      {
        organizationId: null,
        type: "organization.deleted",
        actor: { type: "operator" },
        resource: { type: "organization", id: acme },
        before: { slug: "acme", name: "Acme", signIn: "justInTime", rolesFrom: "directory" },
      },
    ]);
    await world.record(null, 1);
    expect((await run({ anchors: path })).code).toBe(0);
  });

  it("refuses what it cannot use", async () => {
    const path = join(folder, "roots.jsonl");
    await writeFile(path, `${(await world.anchorLines())[0]}{"number":1}\n`);
    await expect(run({ anchors: path })).rejects.toThrow(UsageError);
    await expect(run({ anchors: path })).rejects.toThrow("Line 2");
    await expect(run({ organization: "nobody" })).rejects.toThrow('no organization "nobody"');
  });
});
