import type { Database, Sql } from "@sallyport/database";

/** The tables that hold rows of a person or of a group, with how a row of each is copied: which of its columns differ, and how. */
const COPIES: Readonly<
  Record<string, { readonly of: string; readonly own: Readonly<Record<string, string>> }>
> = {
  users: { of: "id = $1", own: { id: "person", email: "address" } },
  memberships: { of: "user_id = $1", own: { id: "membership", user_id: "person" } },
  role_bindings: {
    of: "membership_id = (SELECT id FROM memberships WHERE user_id = $1)",
    own: { id: "gen_random_uuid()", membership_id: "membership" },
  },
  directory_users: {
    of: "id = (SELECT directory_user_id FROM directory_user_links WHERE user_id = $1)",
    own: {
      id: "pushed",
      user_name: "address",
      user_name_key: "address",
      email: "address",
      external_id: "address",
    },
  },
  directory_user_links: { of: "user_id = $1", own: { directory_user_id: "pushed", user_id: "person" } },
  directory_identifiers: {
    of: "value LIKE 'address:%' AND directory_user_id = (SELECT directory_user_id FROM directory_user_links WHERE user_id = $1)",
    own: { value: "'address:' || address", directory_user_id: "pushed" },
  },
  identities: {
    of: "user_id = $1",
    own: {
      id: "identity",
      user_id: "person",
      subject: "address",
      identifiers: "ARRAY['address:' || address]",
    },
  },
  sessions: { of: "user_id = $1", own: { id: "session", user_id: "person", identity_id: "identity" } },
  session_applications: {
    of: "session_id IN (SELECT id FROM sessions WHERE user_id = $1)",
    own: { session_id: "session" },
  },
  login_records: {
    of: "session_id IN (SELECT id FROM sessions WHERE user_id = $1)",
    own: { id: "gen_random_uuid()", session_id: "session" },
  },
  directory_groups: {
    of: "display_name = 'Engineering'",
    own: {
      id: "division",
      display_name: "'group ' || address",
      display_name_key: "'group ' || address",
      external_id: "address",
    },
  },
};

/** The tables that grow, and are known to, by more than a few rows. */
export const GROWING = [
  ...Object.keys(COPIES),
  "directory_group_members",
  "login_requests",
  "used_assertions",
  "scim_requests",
];

/**
 * Has the organization of a user who was pushed, is a member of "Engineering" and signed in, have so many more like them,
 * each of whom is in a group of their own and in "Engineering"; and other rows in plenty.
 */
export async function growBy(database: Database, userId: string, count: number): Promise<void> {
  await database.transaction(async (sql) => {
    // Foreign keys hold by construction; to look each one up would take most of the time.
    await sql.query("SET LOCAL session_replication_role = replica");
    await sql.query(
      `CREATE TEMPORARY TABLE copies ON COMMIT DROP AS
       SELECT n, 'copy-' || $1::text || '-' || n || '@acme.example.test' AS address, uuidv7() AS person, uuidv7() AS membership,
              uuidv7() AS identity, uuidv7() AS pushed, uuidv7() AS session, uuidv7() AS division
       FROM generate_series(1, $1::int) AS n`,
      [count],
    );
    for (const [table, { of, own }] of Object.entries(COPIES)) {
      await copy(sql, table, `WHERE ${of.replace("$1", `'${userId}'`)} LIMIT 1`, own);
    }
    await sql.query(
      `INSERT INTO directory_group_members (organization_id, group_id, user_id)
       SELECT m.organization_id, g.id, c.pushed
       FROM copies c
       CROSS JOIN (SELECT id FROM directory_groups WHERE display_name = 'Engineering') engineering
       CROSS JOIN LATERAL (VALUES (c.division), (engineering.id)) AS g (id)
       CROSS JOIN (SELECT organization_id FROM memberships WHERE user_id = $1) m`,
      [userId],
    );
    await copy(sql, "op_artifacts", "LIMIT 1", { digest: "uuid_send(person)" });
    // Nobody revoked a token before, or ended a session.
    await sql.query(
      "INSERT INTO revoked_tokens (digest, expires_at) SELECT uuid_send(person), now() + interval '1 day' FROM copies",
    );
    await sql.query("INSERT INTO session_revocations (session_id) SELECT session FROM copies");
    await copy(sql, "login_requests", "LIMIT 1", { id: "person" });
    await copy(sql, "used_assertions", "LIMIT 1", { assertion_id: "person" });
    await copy(sql, "scim_requests", "LIMIT 1", { id: "person" });
  });
}

async function copy(
  sql: Sql,
  table: string,
  of: string,
  own: Readonly<Record<string, string>>,
): Promise<void> {
  const differing = Object.entries(own).map(([column, value]) => `'${column}', ${value}`);
  const { rowCount } = await sql.query(
    `INSERT INTO ${table}
     SELECT copy.* FROM (SELECT * FROM ${table} ${of}) AS original, copies,
       jsonb_populate_record(null::${table}, to_jsonb(original) || jsonb_build_object(${differing.join(", ")})) AS copy`,
  );
  if (rowCount === 0) {
    throw new Error(`There is nothing to copy in ${table}`);
  }
}
