import { adoptClickhouse } from "@sallyport/audit-streams";
import { newId, type Sql } from "@sallyport/database";
import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import { setRetention } from "@sallyport/erasure";
import { fillOutbox } from "@sallyport/events";
import { createSecretBox, newEncryptionKey } from "@sallyport/secrets";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { addApplication, addSession } from "../../testing/sessions.ts";
import { createTenant, type Tenant } from "../../testing/tenant.ts";
import { type PurgeDeps, purge } from "./purge.ts";

const DAY = 24 * 3_600_000;

let test: TestDatabase;
let acme: Tenant;
let deps: PurgeDeps;

beforeEach(async () => {
  test = await createTestDatabase();
  deps = { database: test.database, secrets: createSecretBox([newEncryptionKey()]) };
  acme = await createTenant(test.database.sql, "acme");
});
afterEach(() => test.drop());

const later = (ms: number) => new Date(Date.now() + ms);

/** The UUIDv7 of a row that was made then. */
function idOf(moment: Date): string {
  const millis = moment.getTime().toString(16).padStart(12, "0");
  return `${millis.slice(0, 8)}-${millis.slice(8)}${newId().slice(13)}`;
}

it("the purge deletes what has outlived its use, and nothing else", async () => {
  const { sql } = test.database;
  const connectionId = newId();
  await sql.query(
    `INSERT INTO connections (id, organization_id, type, name, settings, updated_at)
     VALUES ($1, $2, 'oidc', 'IdP', '{}', now())`,
    [connectionId, acme.id],
  );
  const userId = await acme.addUser("ada@acme.example");
  const applicationId = await addApplication(sql, "wiki", null);
  const withClient = await acme.addDirectory();
  const clientOf = newId();
  await sql.query(
    `INSERT INTO directory_clients (id, organization_id, directory_id, secret_digest, hint)
     VALUES ($1, $2, $3, '', 'x')`,
    [clientOf, acme.id, withClient],
  );
  const team = await acme.pushGroup("team");
  const ages = { fresh: 0, day: DAY, old: 31 * DAY };
  for (const [name, age] of Object.entries(ages)) {
    const then = later(-age - 1_000);
    await sql.query(
      `INSERT INTO login_requests (id, organization_id, connection_id, interaction_id, browser_digest, sealed_state, expires_at)
       VALUES ($1, $2, $3, 'i', '', '', $4)`,
      [name, acme.id, connectionId, then],
    );
    await sql.query(
      `INSERT INTO logout_requests (id, organization_id, connection_id, session_id, browser_digest, expires_at)
       VALUES ($1, $2, $3, $3, '', $4)`,
      [name, acme.id, connectionId, then],
    );
    await sql.query(
      `INSERT INTO test_logins (id, organization_id, connection_id, digest, created_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $5)`,
      [newId(), acme.id, connectionId, Buffer.from(name), then],
    );
    await sql.query(
      "INSERT INTO used_assertions (connection_id, assertion_id, expires_at) VALUES ($1, $2, $3)",
      [connectionId, name, then],
    );
    await sql.query("INSERT INTO revoked_tokens (digest, expires_at) VALUES ($1, $2)", [
      Buffer.from(name),
      then,
    ]);
    await sql.query(
      "INSERT INTO op_artifacts (kind, digest, payload, expires_at) VALUES ('Grant', $1, '{}', $2)",
      [Buffer.from(name), then],
    );
    await sql.query(
      `INSERT INTO login_records (id, organization_id, connection_id, request_id, outcome, steps, created_at)
       VALUES ($1, $2, $3, $4, 'success', '[]', $5)`,
      [idOf(then), acme.id, connectionId, name, then],
    );
    await sql.query(
      `INSERT INTO scim_requests (id, organization_id, directory_id, request_id, method, path, status, latency_ms, created_at)
       VALUES ($1, $2, $3, $4, 'GET', '/', 200, 1, $5)`,
      [idOf(then), acme.id, acme.directoryId, name, then],
    );
    await sql.query(
      `INSERT INTO directory_pending_members (organization_id, directory_id, group_id, value, created_at)
       VALUES ($1, $2, $3, $4, $5)`,
      [acme.id, acme.directoryId, team, name, then],
    );
    const sessionId = await addSession(sql, {
      organizationId: acme.id,
      userId,
      applicationIds: [applicationId],
      expiresAt: then,
    });
    await sql.query("UPDATE sessions SET created_at = $2::timestamptz - interval '1 hour' WHERE id = $1", [
      sessionId,
      then,
    ]);
    await sql.query(
      `INSERT INTO waiting_sessions (digest, organization_id, application_id, session_id, expires_at)
       VALUES ($1, $2, $3, $4, $5)`,
      [Buffer.from(name), acme.id, applicationId, sessionId, then],
    );
    await sql.query(
      `INSERT INTO console_sessions (id, digest, organization_id, session_id, created_at, last_used_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $5, $5)`,
      [newId(), Buffer.from(name), acme.id, sessionId, then],
    );
    await sql.query("INSERT INTO session_revocations (session_id, at) VALUES ($1, $2)", [sessionId, then]);
    await sql.query(
      "INSERT INTO audit_verifications (id, organization_id, total, created_at) VALUES ($1, $2, 0, $3)",
      [idOf(then), acme.id, then],
    );
    const directoryId = await acme.addDirectory();
    for (const clientId of [null, clientOf]) {
      await sql.query(
        `INSERT INTO directory_tokens (id, organization_id, directory_id, client_id, digest, hint, expires_at)
         VALUES ($1, $2, $3, $4, $5, 'x', $6)`,
        [newId(), acme.id, withClient, clientId, Buffer.from(`${name} ${clientId}`), then],
      );
    }
    await sql.query("UPDATE directories SET deleted_at = $2 WHERE id = $1", [directoryId, then]);
  }
  const undone = await acme.addDirectory();
  await acme.pushUser({}, undone);
  await sql.query("UPDATE directories SET deleted_at = $2 WHERE id = $1", [undone, later(-31 * DAY)]);
  await sql.query("INSERT INTO op_artifacts (kind, digest, payload) VALUES ('Session', 'forever', '{}')");

  for (const days of [1, 3]) {
    const then = later(-days * DAY);
    await sql.query(
      "INSERT INTO directory_losses (organization_id, directory_id, minute, people, suspended) VALUES ($1, $2, $3, 1, 1)",
      [acme.id, undone, then],
    );
    await sql.query(
      "INSERT INTO signal_losses (connection_id, urgent, user_id, organization_id, at) VALUES ($1, $2, $3, $4, $5)",
      [connectionId, false, await acme.addUser(`signaled-${days}@acme.example`), acme.id, then],
    );
    await sql.query(
      "INSERT INTO ended_mappings (organization_id, group_key, role_id, ended_at) VALUES ($1, $2, $3, $4)",
      [acme.id, `${days}`, newId(), later((1 - days) * DAY)],
    );
  }
  const endpointId = newId();
  await sql.query(
    `INSERT INTO webhook_endpoints (id, url, description, types, secret, updated_at)
     VALUES ($1, 'https://hooks.example', '', '{}', '', now())`,
    [endpointId],
  );
  for (const [status, days] of [
    ["delivered", 29],
    ["delivered", 31],
    ["failed", 31],
    ["pending", 31],
  ] as const) {
    const then = later(-days * DAY);
    const id = idOf(then);
    await sql.query(
      `INSERT INTO webhook_deliveries (id, endpoint_id, event_id, event_type, resource, position, status, created_at)
       VALUES ($1, $2, $1, 'role.created', 'role:x', 1, $3, $4)`,
      [id, endpointId, status, then],
    );
    await sql.query(
      "INSERT INTO webhook_attempts (delivery_id, number, at, signature, duration_ms) VALUES ($1, 1, $2, '', 1)",
      [id, then],
    );
  }
  await sql.query(
    `INSERT INTO event_changes (kind, organization_id, event_ids, changed_at)
     VALUES ('deleted', $1, '{}', $2), ('deleted', $1, '{}', $3)`,
    [acme.id, later(-1.1 * DAY), later(-0.9 * DAY)],
  );
  for (const [status, keeps] of [
    ["confirmed", false],
    ["rejected", true],
  ] as const) {
    const id = newId();
    await sql.query(
      `INSERT INTO held_changes (id, organization_id, directory_id, status, decided_at)
       VALUES ($1, $2, $3, $4::held_change_status, $5)`,
      [id, acme.id, undone, status, later(-91 * DAY)],
    );
    if (keeps) {
      await sql.query(
        "INSERT INTO held_people (user_id, organization_id, held_change_id, suspends, role_ids) VALUES ($1, $2, $3, true, '{}')",
        [await acme.addUser("kept@acme.example"), acme.id, id],
      );
    }
  }

  expect(await purge(deps, later(0))).toEqual({
    directory_losses: 1,
    signal_losses: 1,
    ended_mappings: 1,
    event_changes: 1,
    events: 0,
    held_changes: 1,
    login_requests: 2,
    logout_requests: 2,
    test_logins: 3,
    console_sessions: 3,
    waiting_sessions: 3,
    used_assertions: 3,
    revoked_tokens: 3,
    op_artifacts: 3,
    login_records: 1,
    scim_requests: 1,
    directory_tokens: 2,
    directory_pending_members: 1,
    session_revocations: 1,
    audit_verifications: 1,
    sessions: 1,
    directories: 1,
    webhook_deliveries: 2,
  });
  const left = async (table: string) =>
    (await sql.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`)).rows[0]?.count;
  expect(await left("session_applications")).toBe(2);
  expect(await left("webhook_attempts")).toBe(2);
  expect(await left("directories")).toBe(5);
  expect(await left("directory_tokens")).toBe(4); // those of no client, and the one that has just expired
  expect(await left("op_artifacts")).toBe(1);
});

it("the purge deletes records of sign-ins that nobody came back from after a week, of others after thirty days", async () => {
  const { sql } = test.database;
  const connectionId = newId();
  await sql.query(
    `INSERT INTO connections (id, organization_id, type, name, settings, updated_at)
     VALUES ($1, $2, 'oidc', 'IdP', '{}', now())`,
    [connectionId, acme.id],
  );
  for (const outcome of ["started", "failure", "success"]) {
    for (const days of [6, 8]) {
      const then = later(-days * DAY);
      await sql.query(
        `INSERT INTO login_records (id, organization_id, connection_id, request_id, outcome, steps, created_at)
         VALUES ($1, $2, $3, $4, $5, '[]', $6)`,
        [idOf(then), acme.id, connectionId, `${outcome} ${days}`, outcome, then],
      );
    }
  }
  expect(await purge(deps, later(0))).toMatchObject({ login_records: 1 });
  const { rows } = await sql.query<{ request_id: string }>(
    "SELECT request_id FROM login_records ORDER BY request_id",
  );
  expect(rows.map((row) => row.request_id)).toEqual([
    ...["failure 6", "failure 8", "started 6", "success 6", "success 8"],
  ]);
});

it("the purge works through more rows than one deletion takes", async () => {
  const { sql } = test.database;
  await sql.query(
    `INSERT INTO op_artifacts (kind, digest, payload, expires_at)
     SELECT 'Grant', decode(lpad(to_hex(n), 8, '0'), 'hex'), '{}', now() - interval '1 hour' FROM generate_series(1, 5000) n`,
  );
  expect(await purge(deps, later(0))).toMatchObject({ op_artifacts: 5_000 });
});

describe("what each organization keeps as long as it says", () => {
  const KEPT = { deletedPeople: 30, loginRecords: 5, scimRequests: 60, sessions: 2, auditEvents: 400 };
  const DAYS = [1, 3, 6, 31, 61, 399, 401];

  /** Everything in an organization, of each of these ages. */
  async function fill(tenant: Tenant): Promise<void> {
    const { sql } = test.database;
    const connectionId = newId();
    await sql.query(
      `INSERT INTO connections (id, organization_id, type, name, settings, updated_at)
       VALUES ($1, $2, 'oidc', 'IdP', '{}', now())`,
      [connectionId, tenant.id],
    );
    const userId = await tenant.addUser("ada@acme.example");
    for (const days of DAYS) {
      const then = later(-days * DAY);
      await sql.query(
        `INSERT INTO login_records (id, organization_id, connection_id, request_id, outcome, steps, created_at)
         VALUES ($1, $2, $3, 'r', 'success', '[]', $4)`,
        [newId(), tenant.id, connectionId, then],
      );
      await sql.query(
        `INSERT INTO scim_requests (id, organization_id, directory_id, request_id, method, path, status, latency_ms, created_at)
         VALUES ($1, $2, $3, 'r', 'GET', '/', 200, 1, $4)`,
        [newId(), tenant.id, tenant.directoryId, then],
      );
      const id = await addSession(sql, {
        organizationId: tenant.id,
        userId,
        applicationIds: [],
        expiresAt: then,
      });
      await sql.query(
        "UPDATE sessions SET created_at = $2::timestamptz - interval '12 hours' WHERE id = $1",
        [id, then],
      );
      await sql.query(
        `INSERT INTO events (id, organization_id, type, actor_type, resource_type, resource_id, created_at)
         VALUES ($1, $2, 'role.deleted', 'system', 'role', 'r', $3)`,
        [newId(), tenant.id, then],
      );
    }
  }

  async function ages(table: string, tenant: Tenant, column = "created_at"): Promise<number[]> {
    const { rows } = await test.database.sql.query<{ days: number }>(
      `SELECT round(extract(epoch FROM now() - ${column}) / 86400)::int AS days FROM ${table}
       WHERE organization_id = $1 ORDER BY 1`,
      [tenant.id],
    );
    return rows.map(({ days }) => days);
  }

  it("goes when that has passed, and of others when the default has", async () => {
    const bravo = await createTenant(test.database.sql, "bravo");
    await setRetention(test.database.sql, acme.id, KEPT);
    await fill(acme);
    await fill(bravo);
    await fillOutbox(test.database);
    const outbox = async () => (await test.database.sql.query("SELECT FROM outbox")).rowCount;
    const before = (await outbox()) ?? 0;
    await purge(deps, later(0));
    expect(await ages("login_records", acme)).toEqual([1, 3]);
    expect(await ages("login_records", bravo)).toEqual([1, 3, 6]);
    expect(await ages("scim_requests", acme)).toEqual([1, 3, 6, 31]);
    expect(await ages("scim_requests", bravo)).toEqual([1, 3, 6]);
    expect(await ages("sessions", acme, "expires_at")).toEqual([1]);
    expect(await ages("sessions", bravo, "expires_at")).toEqual([1, 3, 6]);
    expect(await ages("events", acme)).toEqual([1, 3, 6, 31, 61, 399]);
    expect(await ages("events", bravo)).toEqual(DAYS);
    expect(await outbox()).toBe(before - 1);
    const { rows } = await test.database.sql.query("SELECT organization_id, kind FROM audit_removals");
    expect(rows).toEqual([{ organization_id: acme.id, kind: "retention" }]);
  });

  it("is found by an index, however much there is", async () => {
    await setRetention(test.database.sql, acme.id, KEPT);
    const statements: string[] = [];
    const watched: Sql = {
      query: (text, values, name) => {
        statements.push(text);
        return test.database.sql.query(text, values, name);
      },
    };
    await purge(
      {
        secrets: deps.secrets,
        database: { ...test.database, sql: watched, transaction: (work) => work(watched) },
      },
      later(0),
    );
    const kept = statements.filter((text) => /make_interval/.test(text));
    expect(kept).toHaveLength(5);
    for (const text of kept) {
      const plan = await test.database.transaction(async (sql) => {
        await sql.query("SET LOCAL plan_cache_mode = force_generic_plan");
        const values = text.includes("$3") ? "now(), 30, 2000" : "now(), 2000";
        await sql.query(`PREPARE asked AS ${text}`);
        const { rows } = await sql.query<{ "QUERY PLAN": string }>(`EXPLAIN EXECUTE asked (${values})`);
        await sql.query("DEALLOCATE asked");
        return rows.map((row) => row["QUERY PLAN"]).join("\n");
      });
      expect(plan).not.toMatch(/Seq Scan on (?:login_records|scim_requests|sessions|events|outbox)/);
    }
  });
});

it("keeps what was erased for the copy in ClickHouse to follow, where there is one", async () => {
  const { sql } = test.database;
  await adoptClickhouse(test.database, {
    type: "clickhouse",
    url: "https://clickhouse.example",
    database: "audit",
  });
  await sql.query(
    "INSERT INTO event_changes (kind, organization_id, event_ids, changed_at) VALUES ('deleted', $1, '{}', $2)",
    [acme.id, later(-90 * DAY)],
  );
  expect(await purge(deps, later(0))).toMatchObject({ event_changes: 0 });
});
