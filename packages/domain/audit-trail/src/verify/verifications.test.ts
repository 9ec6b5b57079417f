import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTrailWorld, type TrailWorld } from "../testing/trail.ts";
import {
  latestVerifications,
  requestVerification,
  requestVerificationsByClock,
  runVerifications,
} from "./verifications.ts";

let world: TrailWorld;
let acme: string;
beforeEach(async () => {
  world = await createTrailWorld();
  acme = await world.addOrganization();
  await world.record(acme, 3);
  await world.record(null, 2);
  await world.seal();
});
afterEach(() => world.test.drop());

const sql = () => world.test.database.sql;
const latest = async (organizationId: string | null) =>
  (await latestVerifications(sql(), organizationId)).asked;
const request = () => requestVerificationsByClock(sql(), 24);
const run = (byClock = true) =>
  runVerifications({ database: world.test.database, secrets: world.secrets, byClock });
const age = (hours: number) =>
  world.tamper("UPDATE audit_verifications SET created_at = now() - make_interval(hours => $1)", [hours]);
const found = async () => {
  const { rows } = await sql().query<{ organization_id: string }>(
    "SELECT organization_id FROM events WHERE type = 'audit_trail.tampering_found'",
  );
  return rows.map((row) => row.organization_id);
};

describe("a verification by the clock", () => {
  it("is of every trail, once in its time", async () => {
    expect(await request()).toBe(2);
    expect(await request()).toBe(0);
    await run();
    for (const trail of [acme, null]) {
      expect(await latest(trail)).toMatchObject({
        report: { intact: true },
        checked: trail === null ? 2 : 3,
        finishedAt: expect.any(Date),
      });
    }
    await age(23);
    expect(await request()).toBe(0);
    await age(24);
    expect(await request()).toBe(2);
  });

  it("leaves out what somebody asked for meanwhile, and begins with what has waited longest", async () => {
    await requestVerification(sql(), acme);
    expect(await request()).toBe(1);
    await run();
    expect(await latest(acme)).toMatchObject({ report: null });
    await run(false);
    expect(await latest(acme)).toMatchObject({ report: { intact: true } });
  });

  it("hurries when somebody asks for it", async () => {
    await request();
    const { isNew } = await requestVerification(sql(), acme);
    expect(isNew).toBe(false);
    await run(false);
    expect(await latest(acme)).toMatchObject({ report: { intact: true } });
  });

  it("shows what it last came to until it has finished anew", async () => {
    await request();
    expect(await latest(acme)).toBeNull();
    await run();
    const before = await latest(acme);
    await age(25);
    await request();
    expect((await latest(acme))?.id).toBe(before?.id);
  });

  it("tells of what it finds by an event", async () => {
    await world.tamper("UPDATE events SET resource_type = 'forged' WHERE organization_id = $1", [acme]);
    await request();
    await run();
    expect(await latest(acme)).toMatchObject({ report: { intact: false, problemCount: 3 } });
    expect(await found()).toEqual([acme]);
  });

  it("looks at a trail of which only the seals were left", async () => {
    await world.tamper("DELETE FROM organizations WHERE id = $1", [acme]);
    for (const table of ["audit_trails", "outbox_sequences", "outbox", "events"]) {
      await world.tamper(`DELETE FROM ${table} WHERE organization_id = $1`, [acme]);
    }
    expect(await request()).toBe(2);
    await run();
    expect(await latest(acme)).toMatchObject({ report: { intact: false } });
  });

  it("is done by one process, and by another where that one has died", async () => {
    await request();
    await world.tamper("UPDATE audit_verifications SET seen_at = now(), started_at = now()");
    await run();
    expect(await latest(acme)).toBeNull();
    await world.tamper("UPDATE audit_verifications SET seen_at = now() - interval '2 minutes'");
    await Promise.all([run(), run()]);
    expect(await latest(acme)).toMatchObject({ report: { intact: true } });
  });
});
