import type { Database, Sql } from "@sallyport/database";
import type { SecretBox } from "@sallyport/secrets";
import { ALGORITHM, generateKey, importKey, type SigningKey } from "./key-set.ts";

// Any fixed number: processes that start or rotate at once queue up behind it.
const SIGNING_KEYS_LOCK = 4_811_203;

interface Row {
  id: string;
  private_jwk: string;
  created_at: Date;
  retired_at: Date | null;
}

/** Every key of the table, opened. */
export async function loadKeys(sql: Sql, secrets: SecretBox): Promise<SigningKey[]> {
  const { rows } = await sql.query<Row>(
    "SELECT id, private_jwk, created_at, retired_at FROM signing_keys ORDER BY created_at, id",
  );
  return Promise.all(
    rows.map((row) =>
      importKey(
        JSON.parse(secrets.open(row.private_jwk, sealContext(row.id))),
        row.created_at,
        row.retired_at,
      ),
    ),
  );
}

/** Creates the first key, once, however many processes start together. */
export function ensureKey(database: Database, secrets: SecretBox, now: Date): Promise<void> {
  return withLock(database, async (sql) => {
    const { rows } = await sql.query(
      "SELECT 1 FROM signing_keys WHERE retired_at IS NULL OR retired_at > $1 LIMIT 1",
      [now],
    );
    if (rows.length === 0) await insertKey(sql, secrets, await generateKey(now));
  });
}

/** Adds a key and retires all others at `takeOverAt`. Returns the new key's id. */
export function replaceKeys(
  database: Database,
  secrets: SecretBox,
  now: Date,
  takeOverAt: Date,
): Promise<string> {
  return withLock(database, async (sql) => {
    const key = await generateKey(now);
    await sql.query("UPDATE signing_keys SET retired_at = $1 WHERE retired_at IS NULL OR retired_at > $1", [
      takeOverAt,
    ]);
    await insertKey(sql, secrets, key);
    return key.kid;
  });
}

function withLock<Result>(database: Database, work: (sql: Sql) => Promise<Result>): Promise<Result> {
  return database.transaction(async (sql) => {
    await sql.query("SELECT pg_advisory_xact_lock($1)", [SIGNING_KEYS_LOCK]);
    return work(sql);
  });
}

async function insertKey(sql: Sql, secrets: SecretBox, key: SigningKey): Promise<void> {
  const sealed = secrets.seal(JSON.stringify(key.privateJwk), sealContext(key.kid));
  await sql.query(
    "INSERT INTO signing_keys (id, algorithm, public_jwk, private_jwk, created_at) VALUES ($1, $2, $3, $4, $5)",
    [key.kid, ALGORITHM, JSON.stringify(key.publicJwk), sealed, key.createdAt],
  );
}

function sealContext(kid: string): string {
  return `signing_keys.private_jwk:${kid}`;
}
