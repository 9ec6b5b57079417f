import { newId } from "@sallyport/database";
import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import { setRetention } from "@sallyport/erasure";
import { createLogger } from "@sallyport/logging";
import { removeMember } from "@sallyport/people";
import { createSecretBox, newEncryptionKey } from "@sallyport/secrets";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createReconciliation } from "../../testing/reconciliation.ts";
import { addApplication, addSession } from "../../testing/sessions.ts";
import { createTenant, type Tenant } from "../../testing/tenant.ts";
import { eraseDue } from "./erase-due.ts";

const DAY = 24 * 3_600_000;
const KEPT = { loginRecords: 30, scimRequests: 30, sessions: 30, auditEvents: null };

const secrets = createSecretBox([newEncryptionKey()]);

let test: TestDatabase;
let acme: Tenant;
let clock: Date;
let logouts: number;
let log: string[];

beforeEach(async () => {
  test = await createTestDatabase({ poolSize: 6 });
  acme = await createTenant(test.database.sql, "acme");
  clock = new Date();
  logouts = 0;
  log = [];
});
afterEach(() => test.drop());

const settle = () => createReconciliation(test.database).settle(acme.id);
const afterDays = (days: number) => {
  clock = new Date(Date.now() + days * DAY);
};
const run = () =>
  eraseDue({
    database: test.database,
    log: createLogger({ destination: { write: (line) => log.push(line) } }),
    now: () => clock,
    publicUrl: "https://sso.example.test",
    secrets,
    requestLogout: () => {
      logouts += 1;
    },
  });

/** Pushes somebody; resolves to the directory user and the user. */
async function push(email: string): Promise<{ readonly id: string; readonly userId: string }> {
  const id = await acme.pushUser({ email, userName: email, externalId: `external ${email}` });
  await settle();
  return { id, userId: (await acme.userIdOf(id)) ?? "" };
}
async function pushAndDelete(email: string): Promise<string> {
  const { id, userId } = await push(email);
  await acme.deleteUser(id);
  await settle();
  return userId;
}

async function rowsWith(text: string): Promise<string[]> {
  const tables = ["users", "directory_users", "directory_identifiers", "events", "identities", "conflicts"];
  const found: string[] = [];
  for (const table of tables) {
    const { rows } = await test.database.sql.query(`SELECT FROM ${table} t WHERE t::text LIKE $1`, [
      `%${text}%`,
    ]);
    found.push(...rows.map(() => table));
  }
  return found;
}
async function erasedUsers(): Promise<string[]> {
  const { rows } = await test.database.sql.query<{ resource_id: string }>(
    "SELECT resource_id FROM events WHERE type = 'member.erased' ORDER BY serial",
  );
  return rows.map((row) => row.resource_id);
}

describe("somebody whom a directory deleted", () => {
  it("is suspended at once, and erased once the time of retention has passed", async () => {
    const userId = await pushAndDelete("ada@acme.example");
    expect(await acme.membershipOf(userId)).toMatchObject({ status: "suspended" });
    afterDays(29);
    expect(await run()).toEqual({ erased: 0, back: 0, failed: 0 });
    expect(await rowsWith("ada@acme.example")).toContain("users");
    afterDays(30.1);
    expect(await run()).toEqual({ erased: 1, back: 0, failed: 0 });
    expect(await rowsWith("ada@acme.example")).toEqual([]);
    expect(await acme.membershipOf(userId)).toBeNull();
    const { rows } = await test.database.sql.query(
      "SELECT actor_type, data FROM events WHERE type = 'member.erased'",
    );
    expect(rows).toMatchObject([{ actor_type: "system", data: { reason: "retention", directoryUsers: 1 } }]);
    expect(await run()).toEqual({ erased: 0, back: 0, failed: 0 });
  });

  it("stays who is pushed again in time, and begins anew when they are deleted again", async () => {
    const userId = await pushAndDelete("ada@acme.example");
    const again = await push("ada@acme.example");
    expect(again.userId).toBe(userId);
    afterDays(31);
    expect(await run()).toEqual({ erased: 0, back: 1, failed: 0 });
    expect(await run()).toEqual({ erased: 0, back: 0, failed: 0 });
    expect(await acme.membershipOf(userId)).toMatchObject({ status: "active" });
    await acme.deleteUser(again.id);
    await settle(); // by the true clock: that is when the time begins
    afterDays(29);
    expect(await run()).toEqual({ erased: 0, back: 0, failed: 0 });
    afterDays(31);
    expect(await run()).toEqual({ erased: 1, back: 0, failed: 0 });
  });

  it.each([
    ["never, where the organization says so", null, 10_000, 0],
    ["sooner", 2, 3, 1],
    ["later", 60, 59, 0],
    ["at once", 0, 0.01, 1],
  ])("is erased %s", async (_when, deletedPeople, days, erased) => {
    await setRetention(test.database.sql, acme.id, { ...KEPT, deletedPeople });
    await pushAndDelete("ada@acme.example");
    afterDays(days);
    expect(await run()).toEqual({ erased, back: 0, failed: 0 });
  });

  it("is not erased where a guard holds their suspension, nor where they were only deactivated", async () => {
    const held = await pushAndDelete("held@acme.example");
    const { sql } = test.database;
    const change = newId();
    await sql.query("UPDATE memberships SET status = 'active', directory = 'active' WHERE user_id = $1", [
      held,
    ]);
    await sql.query("INSERT INTO held_changes (id, organization_id, directory_id) VALUES ($1, $2, $3)", [
      change,
      acme.id,
      acme.directoryId,
    ]);
    await sql.query(
      "INSERT INTO held_people (user_id, organization_id, held_change_id, suspends, role_ids) VALUES ($1, $2, $3, true, '{}')",
      [held, acme.id, change],
    );
    const { id, userId } = await push("off@acme.example");
    await acme.changeUser(id, { active: false });
    await settle();
    afterDays(1_000);
    expect(await run()).toEqual({ erased: 0, back: 1, failed: 0 });
    expect(await acme.membershipOf(userId)).toMatchObject({ status: "suspended" });
  });
});

it("a member who was removed by hand is erased, too, and with them their former address", async () => {
  const { sql } = test.database;
  const userId = await acme.addUser("ada@acme.example");
  const membershipId = await acme.addMembership(userId, { source: "manual" });
  await test.database.transaction((tx) => removeMember(tx, acme.id, membershipId, new Date()));
  await sql.query(
    `INSERT INTO events (id, organization_id, type, actor_type, resource_type, resource_id, before, after)
     VALUES ($1, $2, 'user.updated', 'system', 'user', $3, '{"email":"before@acme.example"}', '{"email":"ada@acme.example"}'),
            ($4, $2, 'api_key.created', 'operator', 'apiKey', 'key', NULL, '{"name":"Key of before@acme.example"}')`,
    [newId(), acme.id, userId, newId()],
  );
  afterDays(31);
  expect(await run()).toEqual({ erased: 1, back: 0, failed: 0 });
  expect(await rowsWith("ada@acme.example")).toEqual([]);
  expect(await rowsWith("before@acme.example")).toEqual([]);
});

it("keeps of the user an id alone until the last of their sessions is gone, so that applications can be told", async () => {
  const { sql } = test.database;
  const application = await addApplication(sql, "wiki", "https://wiki.example/logout");
  const { userId } = await push("ada@acme.example");
  const sessionId = await addSession(sql, { organizationId: acme.id, userId, applicationIds: [application] });
  await sql.query("UPDATE sessions SET groups = '{Stars}', idp_session = '{\"nameId\":\"ada-1815\"}'");
  await sql.query(
    "INSERT INTO erasures (user_id, organization_id, deleted_at, requested_at) VALUES ($1, $2, now(), now())",
    [userId, acme.id],
  );
  afterDays(0.01);
  expect(await run()).toEqual({ erased: 1, back: 0, failed: 0 });
  expect(logouts).toBe(1);
  const { rows } = await sql.query("SELECT email, name, username FROM users WHERE id = $1", [userId]);
  expect(rows).toEqual([{ email: null, name: null, username: null }]);
  const sessions = await sql.query(
    `SELECT s.revoked_reason, s.groups, s.idp_session, n.due_at IS NOT NULL AS pending
     FROM sessions s LEFT JOIN logout_notices n ON n.session_id = s.id`,
  );
  expect(sessions.rows).toEqual([
    { revoked_reason: "member_erased", groups: [], idp_session: null, pending: true },
  ]);
  await sql.query("DELETE FROM sessions WHERE id = $1", [sessionId]);
  await run();
  expect((await sql.query("SELECT FROM users WHERE id = $1", [userId])).rows).toEqual([]);
});

describe("several workers", () => {
  it("erase each person once", async () => {
    const people = [];
    for (const name of ["ada", "bea", "cleo", "dora", "eve", "finn"]) {
      people.push(await pushAndDelete(`${name}@acme.example`));
    }
    afterDays(31);
    const done = await Promise.all([run(), run(), run()]);
    expect(done.reduce((sum, { erased }) => sum + erased, 0)).toBe(people.length);
    expect((await erasedUsers()).toSorted()).toEqual(people.toSorted());
  });

  it("take over from one that died, and leave alone what another is at", async () => {
    const userId = await pushAndDelete("ada@acme.example");
    afterDays(31);
    await test.database.sql.query("UPDATE erasures SET claimed_until = $1", [
      new Date(clock.getTime() + 30_000),
    ]);
    expect(await run()).toEqual({ erased: 0, back: 0, failed: 0 });
    clock = new Date(clock.getTime() + 31_000);
    expect(await run()).toEqual({ erased: 1, back: 0, failed: 0 });
    expect(await erasedUsers()).toEqual([userId]);
  });
});

it("goes on with the others where one cannot be erased, and changes nothing of that one", async () => {
  const stuck = await pushAndDelete("ada@acme.example");
  const other = await pushAndDelete("bea@acme.example");
  await test.database.sql.query(
    `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
     CREATE TRIGGER refuse BEFORE UPDATE OF email ON users FOR EACH ROW WHEN (OLD.id = '${stuck}') EXECUTE FUNCTION refuse()`,
  );
  afterDays(31);
  expect(await run()).toEqual({ erased: 1, back: 0, failed: 1 });
  expect(await erasedUsers()).toEqual([other]);
  expect(await acme.membershipOf(stuck)).toMatchObject({ status: "suspended" });
  expect(log.join()).toContain(stuck);
  expect(log.join()).not.toContain("ada@acme.example");
});
