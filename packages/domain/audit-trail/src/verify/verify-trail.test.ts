import { createSecretBox, newEncryptionKey } from "@sallyport/secrets";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadAuditKeys, openAuditSigner, rotateAuditKey } from "../keys.ts";
import { forgetTrail } from "../organization.ts";
import { recordRemoval } from "../removals.ts";
import { createTrailWorld, type TrailWorld } from "../testing/trail.ts";
import { listTrails, verifyTrail } from "./verify-trail.ts";

let world: TrailWorld;
let acme: string;
/** Acme has three seals of four events, and one event that is not sealed. */
beforeEach(async () => {
  world = await createTrailWorld();
  acme = await world.addOrganization();
  for (let seal = 0; seal < 3; seal++) {
    await world.record(acme, 4);
    await world.seal();
  }
  await world.record(acme, 1);
});
afterEach(() => world.test.drop());

const EVENT = "(SELECT event_id FROM outbox WHERE sequence = 6)";

it("finds nothing where nothing was changed", async () => {
  const report = await world.verify(acme);
  expect(report).toMatchObject({
    organizationId: acme,
    intact: true,
    seals: 3,
    sealedThrough: 12,
    verified: 12,
    unsealed: 1,
    problemCount: 0,
    keys: [{ ours: "yes" }],
  });
});

it("seals what belongs to no organization by itself", async () => {
  await world.record(null, 2);
  expect(await world.seal()).toBe(3);
  expect(await world.verify(null)).toMatchObject({ organizationId: null, intact: true, verified: 2 });
  await world.tamper("UPDATE events SET type = 'role.created' WHERE organization_id IS NULL");
  expect((await world.verify(null)).problems).toMatchObject([
    { code: "event_changed", sequence: 1, seal: 1 },
    { code: "event_changed", sequence: 2, seal: 1 },
  ]);
  expect(await world.verify(acme)).toMatchObject({ intact: true });
  expect(await listTrails(world.test.database.sql)).toEqual([null, acme]);
});

it("is sealed once by any number of processes, and goes on", async () => {
  await world.record(acme, 30);
  const sealed = await Promise.all([world.seal(), world.seal(), world.seal()]);
  expect(sealed.reduce((one, other) => one + other)).toBe(31);
  expect(await world.verify(acme)).toMatchObject({ intact: true, seals: 4, verified: 43, unsealed: 0 });
});

it("goes on over a rotation of the key", async () => {
  const { database } = world.test;
  await database.transaction((sql) => rotateAuditKey(sql, world.secrets, new Date()));
  await world.seal();
  const report = await world.verify(acme);
  expect(report).toMatchObject({ intact: true, keys: [{ ours: "yes" }, { ours: "yes" }] });
  const others = await loadAuditKeys(database.sql, createSecretBox([newEncryptionKey()]));
  expect(others.map(({ ours }) => ours)).toEqual(["no", "no"]);
  const nobodys = await loadAuditKeys(database.sql);
  expect(nobodys.map(({ ours }) => ours)).toEqual(["unknown", "unknown"]);
});

describe("a change of an event", () => {
  it.each([
    ["type", "'role.deleted'"],
    ["created_at", "created_at - interval '1 millisecond'"],
    ["actor_type", "'user'"],
    ["actor_id", "'somebody else'"],
    ["actor_id", "NULL"],
    ["resource_type", "'user'"],
    ["resource_id", "'another'"],
    ["outcome", "'failure'"],
    ["before", `'{"name":"Other"}'`],
    ["after", "NULL"],
    ["data", "'{}'"],
    ["request_id", "'other'"],
    ["ip", "'192.0.2.2'"],
    ["salt", "gen_random_uuid()"],
    ["organization_id", "NULL"],
  ])("is named: %s", async (column, value) => {
    await world.tamper(`UPDATE events SET ${column} = ${value} WHERE id = ${EVENT}`);
    const { intact, problems, verified } = await world.verify(acme);
    expect({ intact, verified }).toEqual({ intact: false, verified: 11 });
    expect(problems).toMatchObject([{ code: "event_changed", sequence: 6, seal: 2 }]);
  });

  it("is named where the value cannot be read at all", async () => {
    const deep = `${"[".repeat(500)}${"]".repeat(500)}`;
    await world.tamper(`UPDATE events SET data = '${deep}', created_at = 'infinity' WHERE id = ${EVENT}`);
    expect((await world.verify(acme)).problems).toMatchObject([{ code: "event_changed", sequence: 6 }]);
  });

  it("is named event by event up to a hundred, and counted beyond", async () => {
    await world.record(acme, 150);
    await world.seal();
    await world.tamper("UPDATE events SET type = 'role.deleted'");
    const { problems, problemCount } = await world.verify(acme);
    expect([problems.length, problemCount]).toEqual([100, 163]);
  });
});

it("names events that changed places, within a seal and across seals", async () => {
  const swap = (one: number, other: number) =>
    world
      .tamper(
        `WITH gone AS (DELETE FROM outbox WHERE sequence IN ($1, $2) RETURNING *)
       INSERT INTO outbox SELECT position, organization_id,
         CASE WHEN sequence = $1::bigint THEN $2::bigint ELSE $1::bigint END, event_id FROM gone`,
        [one, other],
      )
      .catch(async () => {
        await world.tamper("UPDATE outbox SET sequence = 1000 + sequence WHERE sequence = $1", [one]);
        await world.tamper("UPDATE outbox SET sequence = $1 WHERE sequence = $2", [one, other]);
        await world.tamper("UPDATE outbox SET sequence = $1 WHERE sequence = 1000 + $2::bigint", [
          other,
          one,
        ]);
      });
  await swap(2, 3);
  await swap(5, 12);
  expect((await world.verify(acme)).problems).toMatchObject(
    [2, 3, 5, 12].map((sequence) => ({ code: "event_moved", sequence })),
  );
});

describe("a deletion is named", () => {
  it("of an event", async () => {
    await world.tamper(`DELETE FROM events WHERE id = ${EVENT}`);
    expect((await world.verify(acme)).problems).toMatchObject([
      { code: "event_missing", sequence: 6, seal: 2, eventId: expect.any(String) },
    ]);
  });

  it("of a row of the outbox, also when its event goes along", async () => {
    await world.tamper(`DELETE FROM events WHERE id = ${EVENT}`);
    await world.tamper("DELETE FROM outbox WHERE sequence IN (6, 7)");
    expect((await world.verify(acme)).problems).toMatchObject([
      { code: "entry_missing", sequence: 6 },
      { code: "entry_missing", sequence: 7 },
      { code: "event_unnumbered" },
    ]);
  });

  it("of an event that is not sealed yet, before and after it would have been", async () => {
    await world.record(acme, 1);
    await world.tamper("DELETE FROM events WHERE id = (SELECT event_id FROM outbox WHERE sequence = 13)");
    await world.tamper("DELETE FROM outbox WHERE sequence = 14");
    expect((await world.verify(acme)).problems).toMatchObject([
      { code: "event_missing", sequence: 13 },
      { code: "entry_missing", sequence: 14 },
      { code: "event_unnumbered" },
    ]);
    await world.seal();
    expect((await world.verify(acme)).problems).toMatchObject([
      { code: "event_missing_when_sealed", sequence: 13 },
      { code: "event_missing_when_sealed", sequence: 14 },
      { code: "event_unnumbered" },
    ]);
  });

  it("of a seal", async () => {
    await world.tamper("DELETE FROM audit_seals WHERE number = 2");
    expect((await world.verify(acme)).problems).toMatchObject([
      { code: "seal_missing", seal: 2, sequence: 5, lastSequence: 8 },
    ]);
  });

  it("of the last seals, for good", async () => {
    await world.tamper("DELETE FROM audit_seals WHERE number > 1");
    expect((await world.verify(acme)).problems).toMatchObject([
      { code: "seals_cut_off", seal: 2, sequence: 5 },
    ]);
    await world.seal();
    expect((await world.verify(acme)).problems).toMatchObject([{ code: "seal_missing", seal: 2 }]);
  });

  it("of the last seals with all that tells of them, by what was anchored outside", async () => {
    const { rows } = await world.test.database.sql.query<{ number: number; hash: Buffer }>(
      "SELECT number, hash FROM audit_trails",
    );
    const anchors = rows.map(({ number, hash }) => ({
      organizationId: acme,
      number,
      hash: hash.toString("hex"),
    }));
    expect(await world.verify(acme, anchors)).toMatchObject({ intact: true, anchors: 1 });
    const anchored = await world.verify(acme, [{ organizationId: acme, number: 2, hash: "00" }]);
    expect(anchored.problems).toMatchObject([{ code: "anchor_differs", seal: 2 }]);

    await world.tamper("DELETE FROM audit_seals WHERE number > 2");
    await world.tamper("DELETE FROM audit_trails");
    await world.tamper(
      `UPDATE events SET type = 'role.deleted' WHERE id = (SELECT event_id FROM outbox WHERE sequence = 10)`,
    );
    expect((await world.verify(acme, anchors)).problems).toContainEqual(
      expect.objectContaining({ code: "seals_cut_off", seal: 3 }),
    );
    // Without it nobody could tell.
    const withoutAnchors = (await world.verify(acme)).problems.map(({ code }) => code);
    expect(withoutAnchors).toEqual(["head_changed"]);
  });
});

describe("an insertion is named", () => {
  const copy = `INSERT INTO events (id, organization_id, type, actor_type, resource_type, resource_id, created_at`;
  const values = `SELECT gen_random_uuid(), organization_id, 'role.created', 'system', 'role', 'forged'`;
  const one = "FROM events WHERE organization_id IS NOT NULL LIMIT 1";

  it("of an event without a place", async () => {
    await world.tamper(`${copy}, transaction) ${values}, now(), '3' ${one}`);
    expect((await world.verify(acme)).problems).toMatchObject([{ code: "event_unnumbered" }]);
    await world.tamper("UPDATE events SET serial = 0 WHERE resource_id = 'forged'");
    expect((await world.verify(acme)).problems).toMatchObject([{ code: "event_unnumbered" }]);
  });

  it("of an event that pretends to be old, once it is sealed", async () => {
    await world.tamper(`${copy}) ${values}, now() - interval '2 hours' ${one}`);
    await world.record(acme, 1);
    await world.seal();
    expect((await world.verify(acme)).problems).toMatchObject([{ code: "event_backdated", seal: 4 }]);
  });

  it("of a place that was not given out", async () => {
    await world.tamper(
      `INSERT INTO outbox (position, organization_id, sequence, event_id)
       SELECT 99, organization_id, s, gen_random_uuid() FROM outbox, unnest(ARRAY[0, 50]) AS s WHERE position = 1`.replace(
        "SELECT 99",
        "SELECT 99 + s",
      ),
    );
    expect((await world.verify(acme)).problems).toMatchObject([
      { code: "entry_inserted", sequence: 0 },
      { code: "entry_inserted", sequence: 50 },
    ]);
  });
});

describe("a change of a seal is named", () => {
  it.each([
    ["sealed_at = sealed_at + interval '1 second'", ["seal_changed", "seal_out_of_order"]],
    ["root = decode(repeat('00', 32), 'hex')", ["seal_changed", "leaves_changed", "seal_out_of_order"]],
    ["previous = NULL", ["seal_out_of_order", "seal_changed", "seal_out_of_order"]],
    ["signature = decode(repeat('00', 64), 'hex')", ["seal_changed", "seal_out_of_order"]],
    ["signature = ''", ["seal_changed", "seal_out_of_order"]],
    ["key_id = 'nobody'", ["seal_key_unknown", "seal_out_of_order"]],
    ["leaves = decode(repeat('00', 128), 'hex')", ["leaves_changed"]],
    ["leaves = ''", ["leaves_changed"]],
  ])("%s", async (change, codes) => {
    await world.tamper(`UPDATE audit_seals SET ${change} WHERE number = 2`);
    expect((await world.verify(acme)).problems.map(({ code }) => code)).toEqual(codes);
  });

  it("names the events still, if only the list of hashes is gone; and says so where it cannot", async () => {
    await world.tamper("UPDATE audit_seals SET leaves = '' WHERE number = 2");
    expect(await world.verify(acme)).toMatchObject({ verified: 12, problemCount: 1 });
    await world.tamper(`UPDATE events SET ip = '192.0.2.9' WHERE id = ${EVENT}`);
    expect(await world.verify(acme)).toMatchObject({
      verified: 8,
      problems: [{ code: "leaves_changed", sequence: 5, lastSequence: 8 }],
    });
  });

  it("also when it is signed anew by a key that somebody put there", async () => {
    const { database } = world.test;
    const theirs = createSecretBox([newEncryptionKey()]);
    await world.tamper("DELETE FROM audit_seals");
    await world.tamper("DELETE FROM audit_trails");
    await world.tamper("DELETE FROM audit_keys");
    await world.tamper(`UPDATE events SET ip = '192.0.2.9' WHERE id = ${EVENT}`);
    const { sealTrails } = await import("../seal-trails.ts");
    await sealTrails({ database, secrets: theirs, now: () => new Date(), onFailure: () => undefined });
    expect((await world.verify(acme)).problems).toMatchObject([{ code: "key_not_ours" }]);
  });

  it("of the head", async () => {
    await world.tamper("UPDATE audit_trails SET hash = ''");
    expect((await world.verify(acme)).problems).toMatchObject([{ code: "head_changed", seal: 3 }]);
  });
});

describe("what the gateway itself removes", () => {
  const remove = async (kind: "retention" | "erasure", sequences: number[]) => {
    const { database } = world.test;
    const signer = await openAuditSigner(database, world.secrets, new Date());
    await database.transaction((sql) =>
      recordRemoval(sql, signer, { organizationId: acme, kind, sequences, at: new Date() }),
    );
  };

  it("is told apart from what somebody else removed", async () => {
    await remove("retention", [1, 2, 3, 4, 6]);
    await world.tamper("DELETE FROM events WHERE id IN (SELECT event_id FROM outbox WHERE sequence < 8)");
    await world.tamper("DELETE FROM outbox WHERE sequence < 4");
    const report = await world.verify(acme);
    expect(report).toMatchObject({ removed: 5, verified: 5 });
    expect(report.problems).toMatchObject([
      { code: "event_missing", sequence: 5 },
      { code: "event_missing", sequence: 7 },
    ]);
  });

  it("does not count for other events, another organization, another kind, or without its signature", async () => {
    await remove("retention", [1, 2]);
    await world.tamper("DELETE FROM events WHERE id IN (SELECT event_id FROM outbox WHERE sequence <= 3)");
    const codes = async () => (await world.verify(acme)).problems.map(({ sequence }) => sequence);
    expect(await codes()).toEqual([3]);
    await world.tamper("UPDATE audit_removals SET last_sequence = 3");
    expect(await codes()).toEqual([1, 2, 3]);
    await world.tamper("DELETE FROM audit_removals");
    await remove("erasure", [1, 2]);
    expect(await codes()).toEqual([1, 2, 3]);
    await world.tamper("UPDATE audit_removals SET kind = 'retention'");
    expect(await codes()).toEqual([1, 2, 3]);
    const bravo = await world.addOrganization();
    await world.tamper("UPDATE audit_removals SET kind = 'erasure', organization_id = $1", [bravo]);
    expect(await codes()).toEqual([1, 2, 3]);
  });
});

it("goes with its organization", async () => {
  const { database } = world.test;
  await database.transaction((sql) => forgetTrail(sql, acme));
  for (const table of ["audit_trails", "audit_seals"]) {
    expect((await database.sql.query(`SELECT FROM ${table}`)).rows).toEqual([]);
  }
});

it("takes what was not sealed for long for what it is, however many seals it needs", async () => {
  await world.tamper(
    `INSERT INTO events (id, organization_id, type, actor_type, resource_type, resource_id, created_at)
     SELECT uuidv7(), $1, 'role.created', 'system', 'role', n, now() - interval '30 days' FROM generate_series(1, 2500) AS n`,
    [acme],
  );
  const bravo = await world.addOrganization();
  await world.tamper(
    "UPDATE events SET organization_id = $1 WHERE resource_type = 'role' AND actor_type = 'system'",
    [bravo],
  );
  await world.record(bravo, 1);
  expect(await world.seal()).toBe(2502);
  expect(await world.verify(bravo)).toMatchObject({ intact: true, seals: 3, verified: 2501 });
});

it("goes on while events are recorded and sealed", async () => {
  const { sql } = world.test.database;
  const keys = await loadAuditKeys(sql, world.secrets);
  let added = 0;
  const report = await verifyTrail(acme, {
    sql,
    keys,
    onProgress: async () => {
      if (added < 5) {
        added += 1;
        await world.record(acme, 2);
        await world.seal();
      }
    },
  });
  expect(report).toMatchObject({ intact: true, verified: 23 });
});

describe("whatever is changed anywhere", () => {
  const change = fc.oneof(
    fc.record({
      table: fc.constant("events"),
      column: fc.constantFrom("type", "actor_type", "actor_id", "resource_id", "ip"),
    }),
    fc.record({ table: fc.constant("outbox"), column: fc.constantFrom("event_id") }),
    fc.record({
      table: fc.constant("audit_seals"),
      column: fc.constantFrom("root", "signature", "leaves", "key_id"),
    }),
    fc.record({ table: fc.constantFrom("events", "outbox", "audit_seals"), column: fc.constant("") }),
  );

  it("is found, and nothing else is", async () => {
    const { database } = world.test;
    const values: Record<string, string> = {
      event_id: "gen_random_uuid()",
      root: "sha256(root)",
      signature: "sha512(signature)",
      leaves: "set_byte(leaves, 5, (get_byte(leaves, 5) + 1) % 256)",
    };
    await fc.assert(
      fc.asyncProperty(change, fc.integer({ min: 1, max: 12 }), async ({ table, column }, at) => {
        const seal = Math.ceil(at / 4);
        const where = {
          events: "id = (SELECT event_id FROM outbox WHERE sequence = $1)",
          outbox: "sequence = $1",
          audit_seals: "number = $1",
        }[table];
        const key = table === "audit_seals" ? seal : at;
        const undo = new Error("undone");
        await database
          .transaction(async (sql) => {
            await sql.query(
              column === ""
                ? `DELETE FROM ${table} WHERE ${where}`
                : `UPDATE ${table} SET ${column} = ${values[column] ?? `coalesce(${column}, '') || 'x'`} WHERE ${where}`,
              [key],
            );
            const report = await verifyTrail(acme, { sql, keys: await loadAuditKeys(sql, world.secrets) });
            expect(report.intact).toBe(false);
            const first = report.problems[0];
            expect(first?.seal ?? seal).toBe(seal);
            if (table !== "audit_seals") {
              expect(first?.sequence).toBe(at);
            }
            throw undo;
          })
          .catch((error: unknown) => {
            if (error !== undo) {
              throw error;
            }
          });
      }),
      { numRuns: 60 },
    );
    expect(await world.verify(acme)).toMatchObject({ intact: true });
  });
});
