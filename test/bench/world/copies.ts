import type { Sql } from "@sallyport/database";
import type { BenchPostgres } from "./postgres.ts";

/** Somebody who came over HTTP, and is `name` in all that tells them apart from others. */
export interface Original {
  readonly organizationId: string;
  readonly email: string;
  /** Such as "user-0": the copies are user-1, user-2 ... */
  readonly name: string;
}

/** The tables that hold rows of a person, each with what tells which, and which ids a copy gets of its own. */
const TABLES = {
  users: { of: "id = $1", ids: { id: "person" } },
  memberships: { of: "user_id = $1", ids: { id: "membership", user_id: "person" } },
  role_bindings: {
    of: "membership_id = (select id from memberships where user_id = $1)",
    ids: { id: "gen_random_uuid()", membership_id: "membership" },
  },
  directory_users: {
    of: "id = (select directory_user_id from directory_user_links where user_id = $1)",
    ids: { id: "pushed" },
  },
  directory_user_links: { of: "user_id = $1", ids: { directory_user_id: "pushed", user_id: "person" } },
  identities: { of: "user_id = $1", ids: { id: "identity", user_id: "person" } },
  sessions: { of: "user_id = $1", ids: { id: "uuidv7()", user_id: "person", identity_id: "identity" } },
} as const;

type Table = keyof typeof TABLES;
export const PROVISIONED: readonly Table[] = [
  "users",
  "memberships",
  "role_bindings",
  "directory_users",
  "directory_user_links",
];
export const SIGNED_IN: readonly Table[] = [
  "users",
  "memberships",
  "role_bindings",
  "identities",
  "sessions",
];

/**
 * Fills the gateway's tables as if so many more had come as the original did: copies numbered `from` to `to`, as sets, for
 * to push a million people over HTTP would take the afternoon. PostgreSQL then knows its tables as it does after autovacuum.
 */
export async function addCopies(
  postgres: BenchPostgres,
  original: Original,
  tables: readonly Table[],
  from: number,
  to: number,
): Promise<void> {
  await postgres.transaction(async (sql) => {
    // Foreign keys hold by construction; to look each one up would take most of the time.
    await sql.query("set local session_replication_role = replica");
    await sql.query(
      "create temp table copies (n int, person uuid, membership uuid, identity uuid, pushed uuid) on commit drop",
    );
    await sql.query(
      "insert into copies select n, uuidv7(), uuidv7(), uuidv7(), uuidv7() from generate_series($1::int, $2::int) n",
      [from, to],
    );
    const found = await sql.query("select id from users where organization_id = $1 and email = $2", [
      original.organizationId,
      original.email,
    ]);
    for (const table of tables) {
      await copyRow(sql, table, [found.rows[0]?.id, original.name]);
    }
  });
  for (const table of tables) {
    await postgres.query(`vacuum (analyze) ${table}`);
  }
  // Else it would go on writing out what was filled in, while something is measured.
  await postgres.query("checkpoint");
}

async function copyRow(sql: Sql, table: Table, values: readonly unknown[]): Promise<void> {
  const { of, ids } = TABLES[table];
  const own = Object.entries(ids).map(([column, id]) => `'${column}', ${id}`);
  await sql.query(
    `insert into ${table}
     select copy.*
     from (select to_jsonb(t)::text as original from ${table} t where ${of} limit 1) template,
       copies,
       jsonb_populate_record(null::${table},
         replace(original, $2::text, regexp_replace($2::text, '\\d+$', n::text))::jsonb
         || jsonb_build_object('created_at', now() + n * interval '1 ms', ${own.join(", ")})) copy`,
    [...values],
  );
}
