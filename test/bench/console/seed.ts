import type { TestGateway } from "../../harness/gateway.ts";

/** How much there is of each: what the console is to be quick at. */
export const SIZES = {
  organizations: 2_000,
  people: 10_000,
  groups: 200,
  auditEvents: 1_000_000,
  sessions: 100_000,
  loginRecords: 300_000,
  scimRequests: 300_000,
} as const;

/** The organization that has all of it, beside many that have little. */
export interface Seeded {
  readonly slug: string;
  readonly connectionId: string;
  readonly directoryId: string;
}

// $1: the organization, $2: its connection, $3: its directory, which are put in as text: ids of our own. Spread over the last 30 days, the newest last.
const AGE = (count: number) => `now() - interval '30 days' * (${count} - n) / ${count}`;

const STATEMENTS: readonly string[] = [
  `CREATE TEMPORARY TABLE crowd ON COMMIT DROP AS
   SELECT n, uuidv7() AS person, uuidv7() AS membership, uuidv7() AS identity, uuidv7() AS pushed,
          'person-' || n || '@crowd.example' AS address
   FROM generate_series(1, ${SIZES.people}) AS n`,
  `INSERT INTO organizations (id, slug, name, updated_at, created_at)
   SELECT uuidv7(), 'customer-' || n, 'Customer ' || n, now(), now() - interval '1 hour' * n
   FROM generate_series(1, ${SIZES.organizations}) AS n`,
  `INSERT INTO users (id, organization_id, email, name, updated_at)
   SELECT person, $1::uuid, address, 'Person ' || n, now() FROM crowd`,
  `INSERT INTO memberships (id, organization_id, user_id, source, directory, status, updated_at, created_at)
   SELECT membership, $1::uuid, person, 'directory', 'active',
          (CASE WHEN n % 50 = 0 THEN 'suspended' ELSE 'active' END)::membership_status, now(), ${AGE(SIZES.people)}
   FROM crowd`,
  `INSERT INTO role_bindings (id, organization_id, role_id, membership_id, source)
   SELECT uuidv7(), $1::uuid, r.id, c.membership, 'directory'
   FROM crowd c CROSS JOIN (SELECT id FROM roles WHERE organization_id = $1::uuid AND key = 'member') r`,
  `INSERT INTO identities (id, organization_id, connection_id, issuer, subject, user_id)
   SELECT identity, $1::uuid, $2::uuid, 'idp', address, person FROM crowd`,
  `INSERT INTO directory_users (id, organization_id, directory_id, user_name, user_name_key, external_id, email, active, resource, created_at)
   SELECT pushed, $1::uuid, $3::uuid, address, address, '00u' || n, address, n % 50 <> 0,
          jsonb_build_object('displayName', 'Person ' || n, 'title', 'Engineer'), ${AGE(SIZES.people)}
   FROM crowd`,
  "INSERT INTO directory_user_links (directory_user_id, user_id) SELECT pushed, person FROM crowd",
  `INSERT INTO directory_groups (id, organization_id, directory_id, display_name, display_name_key, resource)
   SELECT uuidv7(), $1::uuid, $3::uuid, 'Group ' || n, 'group ' || n, '{}' FROM generate_series(1, ${SIZES.groups}) AS n`,
  `INSERT INTO directory_group_members (organization_id, group_id, user_id)
   SELECT $1::uuid, g.id, c.pushed
   FROM (SELECT id, row_number() OVER () AS at FROM directory_groups WHERE directory_id = $3::uuid) g
   JOIN crowd c ON c.n % ${SIZES.groups} IN (g.at % ${SIZES.groups}, (g.at + 7) % ${SIZES.groups})`,
  `INSERT INTO sessions (id, organization_id, user_id, connection_id, identity_id, amr, groups, created_at, expires_at)
   SELECT uuidv7(), $1::uuid, c.person, $2::uuid, c.identity, '{pwd}', '{}', at, at + interval '12 hours'
   FROM (SELECT n, ${AGE(SIZES.sessions)} AS at FROM generate_series(1, ${SIZES.sessions}) AS n) s
   JOIN crowd c ON c.n = s.n % ${SIZES.people} + 1`,
  `INSERT INTO login_records (id, organization_id, connection_id, request_id, outcome, error_code, steps, response, created_at)
   SELECT uuidv7(), $1::uuid, $2::uuid, uuidv7()::text,
          CASE WHEN n % 20 = 0 THEN 'failure' ELSE 'success' END,
          CASE WHEN n % 40 = 0 THEN 'audience_mismatch' WHEN n % 20 = 0 THEN 'signature_invalid' END,
          '[{"name": "started", "at": "2026-01-01T00:00:00.000Z"}]', repeat('<Assertion/>', 100), ${AGE(SIZES.loginRecords)}
   FROM generate_series(1, ${SIZES.loginRecords}) AS n`,
  `INSERT INTO scim_requests (id, organization_id, directory_id, request_id, method, path, status, latency_ms, request_body, changed, created_at)
   SELECT uuidv7(), $1::uuid, $3::uuid, uuidv7()::text, CASE WHEN r.n % 3 = 0 THEN 'GET' ELSE 'PATCH' END,
          '/Users/' || c.pushed, CASE WHEN r.n % 100 = 0 THEN 409 ELSE 200 END, 1, '{"title": "Engineer"}',
          CASE WHEN r.n % 3 = 0 THEN NULL ELSE jsonb_build_object('users', jsonb_build_array(c.pushed)) END,
          ${AGE(SIZES.scimRequests).replace(" n)", " r.n)")}
   FROM generate_series(1, ${SIZES.scimRequests}) AS r (n) JOIN crowd c ON c.n = r.n % ${SIZES.people} + 1`,
  `INSERT INTO events (id, organization_id, type, actor_type, resource_type, resource_id, after, created_at)
   SELECT uuidv7(), $1::uuid, CASE WHEN n % 10 = 0 THEN 'membership.suspended' ELSE 'session.created' END,
          'system', 'session', uuidv7()::text, '{"status": "active"}', ${AGE(SIZES.auditEvents)}
   FROM generate_series(1, ${SIZES.auditEvents}) AS n`,
];

/** Fills an organization by SQL. Its connection and directory are made by the API. */
export async function seedCrowd(gateway: TestGateway): Promise<Seeded> {
  const post = async (path: string, body: unknown): Promise<string> => {
    const answer = await gateway.api("POST", path, body);
    if (answer.status !== 201) {
      throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    }
    return (answer.body as { id: string }).id;
  };
  const slug = "crowd";
  const organizationId = await post("/organizations", { slug, name: "Crowd" });
  const connectionId = await post(`/organizations/${slug}/connections`, {
    ...{ type: "oidc", name: "Okta", provider: "okta" },
    oidc: { issuer: "https://idp.example", clientId: "gateway", clientSecret: "secret" },
  });
  const directoryId = await post(`/organizations/${slug}/directories`, { name: "Okta", provider: "okta" });
  const given = [organizationId, connectionId, directoryId];
  await gateway.database.transaction(async (sql) => {
    // Foreign keys hold by construction; to look each one up would take most of the time.
    await sql.query("SET LOCAL session_replication_role = replica");
    for (const statement of STATEMENTS) {
      await sql.query(statement.replaceAll(/\$(\d)/g, (_, at: string) => `'${given[Number(at) - 1]}'`));
    }
  });
  await gateway.database.sql.query("VACUUM ANALYZE");
  return { slug, connectionId, directoryId };
}
