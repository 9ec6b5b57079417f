import type { Database, Sql } from "@sallyport/database";
import { sealContext } from "@sallyport/encryption-keys";
import { type SecretBox, SecretError } from "@sallyport/secrets";
import {
  generateKey,
  importPrivate,
  importPublic,
  type PrivateHalf,
  SIGNING_ALGORITHMS,
  type SigningAlgorithm,
  type SigningKey,
} from "./key-set.ts";

// Any fixed number: processes that start or rotate at once queue up behind it.
const SIGNING_KEYS_LOCK = 4_811_203;

interface Row {
  id: string;
  public_jwk: unknown;
  private_jwk: string | null;
  created_at: Date;
  retired_at: Date | null;
}

/**
 * Every key of the table that is trusted. Of those that were `known` before nothing is opened again, so that it may be
 * asked often.
 */
export async function loadKeys(
  sql: Sql,
  secrets: SecretBox,
  known: readonly SigningKey[],
): Promise<SigningKey[]> {
  const opened = new Map(
    known.filter((key) => !(key.privateHalf instanceof SecretError)).map((key) => [key.kid, key]),
  );
  const { rows } = await sql.query<Row>(
    `SELECT id, CASE WHEN id = ANY($1::text[]) THEN NULL ELSE public_jwk END AS public_jwk,
            CASE WHEN id = ANY($1::text[]) THEN NULL ELSE private_jwk END AS private_jwk, created_at, retired_at
     FROM signing_keys WHERE distrusted_at IS NULL ORDER BY created_at, id`,
    [[...opened.keys()]],
    "signing_keys_load",
  );
  return Promise.all(
    rows.map(async (row) => {
      const before = opened.get(row.id);
      if (before !== undefined) {
        return { ...before, retiredAt: row.retired_at };
      }
      return {
        kid: row.id,
        ...(await importPublic(row.public_jwk)),
        privateHalf: await openPrivate(secrets, row),
        createdAt: row.created_at,
        retiredAt: row.retired_at,
      };
    }),
  );
}

/** One key that does not open must not take along what others signed, or what needs no signature. */
async function openPrivate(secrets: SecretBox, row: Row): Promise<PrivateHalf | SecretError> {
  try {
    return await importPrivate(
      JSON.parse(secrets.open(row.private_jwk ?? "", sealContext("signing_keys.private_jwk", row.id))),
    );
  } catch (error) {
    if (error instanceof SecretError) {
      return error;
    }
    throw error;
  }
}

/** Creates the first key for each algorithm, once, however many processes start together. */
export async function ensureKeys(database: Database, secrets: SecretBox, now: Date): Promise<void> {
  await database.transaction(async (sql) => {
    await lock(sql);
    const { rows } = await sql.query<{ algorithm: string }>(
      "SELECT algorithm FROM signing_keys WHERE distrusted_at IS NULL AND (retired_at IS NULL OR retired_at > $1)",
      [now],
    );
    for (const algorithm of SIGNING_ALGORITHMS) {
      if (!rows.some((row) => row.algorithm === algorithm)) {
        await insertKey(sql, secrets, algorithm, now);
      }
    }
  });
}

/** The id of the new key for each algorithm. */
export type NewKeyIds = Readonly<Record<SigningAlgorithm, string>>;

/** Adds a key for each algorithm and retires all others at `takeOverAt`. Within a transaction. */
export async function replaceKeys(
  sql: Sql,
  secrets: SecretBox,
  now: Date,
  takeOverAt: Date,
): Promise<NewKeyIds> {
  await lock(sql);
  await sql.query(
    `UPDATE signing_keys SET retired_at = $1::timestamptz
     WHERE retired_at IS NULL OR retired_at > $1::timestamptz`,
    [takeOverAt],
  );
  return {
    RS256: await insertKey(sql, secrets, "RS256", now),
    ES256: await insertKey(sql, secrets, "ES256", now),
  };
}

/** What became of a key that is to be distrusted. */
export type Distrust =
  | { readonly outcome: "unknown" | "distrusted_before" }
  | { readonly outcome: "distrusted"; readonly successor: string | null };

/**
 * Takes a key back, for good; makes another one first where none of its algorithm is left to sign from now on. Within a
 * transaction.
 */
export async function distrustKey(sql: Sql, secrets: SecretBox, kid: string, now: Date): Promise<Distrust> {
  await lock(sql);
  const { rows } = await sql.query<{
    id: string;
    algorithm: SigningAlgorithm;
    distrusted: boolean;
    lasting: boolean;
  }>(
    `SELECT id, algorithm, distrusted_at IS NOT NULL AS distrusted, retired_at IS NULL AS lasting FROM signing_keys`,
  );
  const key = rows.find((row) => row.id === kid);
  if (key === undefined) {
    return { outcome: "unknown" };
  }
  if (key.distrusted) {
    return { outcome: "distrusted_before" };
  }
  const lastingOthers = rows.some(
    (row) => row.id !== kid && row.algorithm === key.algorithm && row.lasting && !row.distrusted,
  );
  const successor = lastingOthers ? null : await insertKey(sql, secrets, key.algorithm, now);
  await sql.query(
    `UPDATE signing_keys SET distrusted_at = $2::timestamptz, retired_at = least(retired_at, $2::timestamptz),
       private_jwk = NULL
     WHERE id = $1`,
    [kid, now],
  );
  return { outcome: "distrusted", successor };
}

/** Lets whoever changes the keys follow one another, until the transaction ends. */
async function lock(sql: Sql): Promise<void> {
  await sql.query("SELECT pg_advisory_xact_lock($1::bigint)::text", [SIGNING_KEYS_LOCK]);
}

async function insertKey(
  sql: Sql,
  secrets: SecretBox,
  algorithm: SigningAlgorithm,
  now: Date,
): Promise<string> {
  const { publicJwk, privateJwk } = await generateKey(algorithm);
  const { kid } = publicJwk;
  await sql.query(
    `INSERT INTO signing_keys (id, algorithm, public_jwk, private_jwk, created_at)
     VALUES ($1, $2, $3::jsonb, $4, $5::timestamptz)`,
    [
      kid,
      algorithm,
      JSON.stringify(publicJwk),
      secrets.seal(JSON.stringify(privateJwk), sealContext("signing_keys.private_jwk", kid)),
      now,
    ],
  );
  return kid;
}
