import type { SamlConnection } from "@sallyport/connections";
import { newId, type Sql } from "@sallyport/database";
import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { findNamedSessions } from "./named-sessions.ts";

const FORMAT = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";
const SESSIONS = 20_000;
/** More than an index entry holds. */
const LONG = "n".repeat(9_000);
const connection: SamlConnection = {
  id: newId(),
  organizationId: newId(),
  type: "saml",
  provider: "generic",
  name: "SAML",
  settings: {
    idpEntityId: "https://idp.example.test",
    ssoUrl: "https://idp.example.test/sso",
    ssoBinding: "redirect",
    certificates: [],
    signRequests: false,
    allowSha1: false,
    forceAuthn: false,
  },
};
let test: TestDatabase;

beforeAll(async () => {
  test = await createTestDatabase();
  const { prisma, sql } = test.database;
  const { organizationId } = connection;
  const userId = newId();
  await prisma.organization.create({ data: { id: organizationId, slug: "acme", name: "ACME" } });
  await prisma.user.create({ data: { id: userId, organizationId } });
  const identityId = newId();
  await prisma.connection.create({
    data: { id: connection.id, organizationId, type: "saml", name: "SAML", settings: {} },
  });
  const { idpEntityId: issuer } = connection.settings;
  await prisma.identity.create({
    data: { id: identityId, organizationId, connectionId: connection.id, issuer, subject: "jo", userId },
  });
  const insert = (prefix: string, count: number) =>
    sql.query(
      `INSERT INTO sessions (id, organization_id, user_id, connection_id, identity_id, amr, groups, idp_session,
                             auth_time, expires_at)
       SELECT gen_random_uuid(), $1, $2, $3, $4, '{}', '{}',
              jsonb_build_object('nameId', $5::text || n, 'format', $6::text), now(), now() + interval '1 hour'
       FROM generate_series(1, $7::int) AS n`,
      [organizationId, userId, connection.id, identityId, prefix, FORMAT, count],
    );
  await insert("jo", SESSIONS);
  await insert(LONG, 3);
  await sql.query("ANALYZE sessions");
});
afterAll(() => test.drop());

const named = (sql: Sql, nameId: string) =>
  findNamedSessions(sql, connection, { subject: { nameId, format: FORMAT }, sessionIndexes: [] }, new Date());

it("finds a session among many by the index on names", async () => {
  const { sql } = test.database;
  expect(await named(sql, "jo17")).toHaveLength(1);
  const plan: string[] = [];
  const explaining: Sql = {
    async query(text, values) {
      const result = await sql.query<never>(`EXPLAIN ${text}`, values);
      plan.push(JSON.stringify(result.rows));
      return result;
    },
  };
  await named(explaining, "jo17");
  expect(plan.join()).toContain("sessions_idp_name_id");
  expect(plan.join()).not.toContain("Seq Scan");
});

it("tells names apart that are longer than what an index holds", async () => {
  expect(await named(test.database.sql, `${LONG}2`)).toHaveLength(1);
  expect(await named(test.database.sql, LONG)).toHaveLength(0);
});
