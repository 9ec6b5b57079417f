import { newId, type Sql } from "@sallyport/database";
import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import { createSecretBox, newEncryptionKey, type SecretBox } from "@sallyport/secrets";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { contextOf, SEALED_PLACES, type SealedPlace, sealContext } from "./places.ts";
import { resealStale } from "./reseal.ts";
import { describeMissing, keyUsage } from "./usage.ts";

const [oldKey, newKey] = [newEncryptionKey(), newEncryptionKey()];
const before = createSecretBox([oldKey]);
const during = createSecretBox([newKey, oldKey]);
const after = createSecretBox([newKey]);
const [oldId] = before.keyIds;
const [newKeyId] = after.keyIds;

let test: TestDatabase;
let sql: Sql;
let organizationId: string;
let connectionId: string;

beforeEach(async () => {
  test = await createTestDatabase();
  sql = test.database.sql;
  organizationId = newId();
  await sql.query(
    "INSERT INTO organizations (id, slug, name, updated_at) VALUES ($1, 'acme', 'Acme', now())",
    [organizationId],
  );
  connectionId = await addConnection("secret");
});
afterEach(() => test.drop());

async function addConnection(clientSecret: string, secrets = before): Promise<string> {
  const id = newId();
  const sealed = secrets.seal(clientSecret, sealContext("connections.settings.clientSecret", id));
  await sql.query(
    `INSERT INTO connections (id, organization_id, type, name, settings, updated_at)
     VALUES ($1, $2, 'oidc', 'IdP', $3, now())`,
    [id, organizationId, { issuer: "https://idp.example.com", clientSecret: sealed }],
  );
  return id;
}

async function clientSecretOf(id: string): Promise<string> {
  const { rows } = await sql.query<{ sealed: string }>(
    "SELECT settings->>'clientSecret' AS sealed FROM connections WHERE id = $1",
    [id],
  );
  return rows[0]?.sealed ?? "";
}

/** A value at each place, each with its plain text; by what is told of it. */
async function fill(secrets: SecretBox): Promise<void> {
  const seal = (place: SealedPlace, key: string) =>
    secrets.seal(`${place} of ${key}`, sealContext(place, key));
  const keyId = newId();
  await sql.query(
    `INSERT INTO connection_keys (id, organization_id, connection_id, certificate, private_key)
     VALUES ($1, $2, $3, 'PEM', $4)`,
    [keyId, organizationId, connectionId, seal("connection_keys.private_key", keyId)],
  );
  for (const kind of ["draft", "replaced"]) {
    const clientSecret = seal("connections.settings.clientSecret", connectionId);
    await sql.query(
      `INSERT INTO connection_versions (connection_id, kind, organization_id, version, provider, settings, created_at)
       VALUES ($1, $2, $3, $1, 'generic', $4, now())`,
      [connectionId, kind, organizationId, { issuer: "https://idp.example.com", clientSecret }],
    );
  }
  await sql.query(
    `INSERT INTO login_requests (id, organization_id, connection_id, interaction_id, browser_digest, sealed_state, expires_at)
     VALUES ('login_1', $1, $2, 'i', '', $3, now())`,
    [organizationId, connectionId, seal("login_requests.sealed_state", "login_1")],
  );
  const [userId, sessionId] = [newId(), newId()];
  await sql.query(
    "INSERT INTO users (id, organization_id, email, updated_at) VALUES ($1, $2, 'jo@acme.test', now())",
    [userId, organizationId],
  );
  await sql.query(
    `INSERT INTO sessions (id, organization_id, user_id, connection_id, identity_id, amr, groups, idp_session, expires_at)
     VALUES ($1, $2, $3, $4, $1, '{}', '{}', $5, now() + interval '1 hour')`,
    [
      sessionId,
      organizationId,
      userId,
      connectionId,
      { sid: "s", idToken: seal("sessions.idp_session.idToken", sessionId) },
    ],
  );
  await sql.query(
    "INSERT INTO signing_keys (id, algorithm, public_jwk, private_jwk) VALUES ('kid', 'ES256', '{}', $1)",
    [seal("signing_keys.private_jwk", "kid")],
  );
  await sql.query("INSERT INTO audit_keys (id, public_jwk, private_jwk) VALUES ('audit', '{}', $1)", [
    seal("audit_keys.private_jwk", "audit"),
  ]);
  const auditStreamId = newId();
  await sql.query(
    `INSERT INTO audit_streams (id, name, destination, secret, position)
     VALUES ($1, 'SIEM', '{"type": "http", "url": "https://siem.example"}', $2, 0)`,
    [auditStreamId, seal("audit_streams.secret", auditStreamId)],
  );
  const endpointId = newId();
  await sql.query(
    `INSERT INTO webhook_endpoints
       (id, url, description, types, secret, previous_secret, previous_secret_until, updated_at)
     VALUES ($1, 'https://hooks.example', '', '{}', $2, $3, now(), now())`,
    [
      endpointId,
      seal("webhook_endpoints.secret", endpointId),
      seal("webhook_endpoints.previous_secret", endpointId),
    ],
  );
  const [applicationId, streamId] = [newId(), newId()];
  await sql.query(
    "INSERT INTO applications (id, client_id, name, updated_at) VALUES ($1, 'wiki', 'Wiki', now())",
    [applicationId],
  );
  await sql.query(
    `INSERT INTO signal_streams (id, application_id, delivery, endpoint_url, "authorization", updated_at)
     VALUES ($1, $2, 'push', 'https://app.example', $3, now())`,
    [streamId, applicationId, seal("signal_streams.authorization", streamId)],
  );
  const idpStreamId = newId();
  await sql.query(
    `INSERT INTO idp_streams (id, organization_id, issuer, configuration_endpoint, stream_id, audiences, credential, created_at)
     VALUES ($1, $1, 'https://idp.example', 'https://idp.example/streams', 's', '{}', $2, now())`,
    [idpStreamId, seal("idp_streams.credential", idpStreamId)],
  );
  await sql.query("INSERT INTO op_artifacts (kind, digest, payload) VALUES ('CookieKey', '', $1)", [
    { sealed: seal("op_artifacts.payload", "CookieKey") },
  ]);
}

/** What was sealed there. A version of a connection has what its connection may have. */
function plainOf(place: SealedPlace, key: string): string {
  if (place === "connections.settings.clientSecret") {
    return "secret";
  }
  return place.startsWith("connection_versions.")
    ? `connections.settings.clientSecret of ${key}`
    : `${place} of ${key}`;
}

const usageOf = async (secrets: SecretBox) =>
  (await keyUsage(sql, secrets)).map(({ id, use, needed, retirable }) => [id, use, needed, retirable]);

describe("retiring a key", () => {
  it("seals every place anew, keeps what was sealed, and says when the key can go", async () => {
    await fill(before);
    const places = Object.keys(SEALED_PLACES).length;
    expect(await usageOf(during)).toEqual([
      [newKeyId, "current", 0, false],
      [oldId, "older", places, false],
    ]);
    const all = Object.fromEntries(Object.keys(SEALED_PLACES).map((place) => [place, 1]));
    expect(await resealStale(sql, during)).toEqual(all);
    expect(await resealStale(sql, during)).toEqual({});
    expect(await usageOf(during)).toEqual([
      [newKeyId, "current", places, false],
      [oldId, "older", 0, true],
    ]);

    for (const [name, { table, key, value, where }] of Object.entries(SEALED_PLACES)) {
      const place = name as SealedPlace;
      const { rows } = await sql.query<{ key: string; sealed: string }>(
        `SELECT ${key}::text AS key, ${value} AS sealed FROM ${table} WHERE ${where}`,
      );
      expect(rows).toHaveLength(1);
      for (const row of rows) {
        expect(after.open(row.sealed, contextOf(place, row.key))).toBe(plainOf(place, row.key));
      }
    }
    const { rows } = await sql.query<{ settings: object }>("SELECT settings FROM connections");
    expect(rows[0]?.settings).toMatchObject({ issuer: "https://idp.example.com" });
  });

  it("names a key that is missing, and how much needs it", async () => {
    await fill(before);
    const usage = await keyUsage(sql, after);
    expect(usage.map(({ id, use }) => [id, use])).toEqual([
      [newKeyId, "current"],
      [oldId, "missing"],
    ]);
    expect(usage[1]).toMatchObject({
      needed: 14,
      retirable: false,
      neededBy: { "signing_keys.private_jwk": 1 },
    });
    expect(describeMissing(usage)).toContain(`key ${oldId} is not in it`);
    expect(describeMissing(usage)).toContain("1 x client secret of a connection");
    expect(describeMissing(await keyUsage(sql, during))).toBeNull();
  });
});

describe("sealing anew", () => {
  it("goes on past what does not open, which stays as it is", async () => {
    const lost = await addConnection("lost", createSecretBox([newEncryptionKey()]));
    const sealed = await clientSecretOf(lost);
    const unopened: string[] = [];
    const done = await resealStale(sql, during, {
      onUnopened: (place, key, { code }) => unopened.push(`${place} ${key} ${code}`),
    });
    expect(done).toEqual({ "connections.settings.clientSecret": 1 });
    expect(unopened).toEqual([`connections.settings.clientSecret ${lost} secret_key_unknown`]);
    expect(await clientSecretOf(lost)).toBe(sealed);
  });

  it("works through more than one page, in several processes at once, each value once", async () => {
    const context = (key: string) => sealContext("login_requests.sealed_state", key);
    const rows = Array.from({ length: 1_100 }, (_, n) => {
      const id = `login_${n}`;
      return { id, sealed: before.seal(id, context(id)) };
    });
    await sql.query(
      `INSERT INTO login_requests (id, organization_id, connection_id, interaction_id, browser_digest, sealed_state, expires_at)
       SELECT id, $2, $3, 'i', '', sealed, now() FROM json_to_recordset($1::json) AS r (id text, sealed text)`,
      [JSON.stringify(rows), organizationId, connectionId],
    );
    const counts = await Promise.all([1, 2, 3].map(() => resealStale(sql, during)));
    const total = counts.reduce((sum, each) => sum + (each["login_requests.sealed_state"] ?? 0), 0);
    expect(total).toBe(1_100);
    expect(await usageOf(during)).toEqual([
      [newKeyId, "current", 1_101, false],
      [oldId, "older", 0, true],
    ]);
  });

  it("loses no write that comes between", async () => {
    const written = during.seal("changed", sealContext("connections.settings.clientSecret", connectionId));
    // The administrator's change commits after the value was read and before it is replaced.
    const racing: Sql = {
      async query(text, values, name) {
        if (text.startsWith("UPDATE connections")) {
          await sql.query(
            "UPDATE connections SET settings = jsonb_set(settings, '{clientSecret}', to_jsonb($2::text)) WHERE id = $1",
            [connectionId, written],
          );
        }
        return sql.query(text, values, name);
      },
    };
    expect(await resealStale(racing, during)).toEqual({});
    expect(await clientSecretOf(connectionId)).toBe(written);
  });

  it("stops where it is told to", async () => {
    const stopping = new AbortController();
    stopping.abort();
    expect(await resealStale(sql, during, { signal: stopping.signal })).toEqual({});
  });
});
