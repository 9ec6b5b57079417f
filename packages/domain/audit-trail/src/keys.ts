import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";
import type { Database, Sql } from "@sallyport/database";
import { sealContext } from "@sallyport/encryption-keys";
import type { SecretBox } from "@sallyport/secrets";
import { calculateJwkThumbprint } from "jose";
import { z } from "zod";

// Any fixed number: processes that make a key at once queue up behind it.
const AUDIT_KEYS_LOCK = 4_811_207;

const publicJwk = z.object({ kty: z.literal("OKP"), crv: z.literal("Ed25519"), x: z.string() });
const privateJwk = publicJwk.extend({ d: z.string() });

/** The half of an audit key that anybody may have (RFC 8037). */
export type AuditPublicJwk = z.infer<typeof publicJwk>;

/** Signs what the trail says. */
export interface AuditSigner {
  readonly keyId: string;
  sign(bytes: Buffer): Buffer;
}

/** A key by which the trail can be verified. */
export interface AuditKey {
  readonly id: string;
  readonly publicJwk: AuditPublicJwk;
  readonly createdAt: Date;
  readonly retiredAt: Date | null;
  /**
   * Whether the gateway made it: its private half opens by the ring of encryption keys, which is not in the database. "unknown":
   * without that ring nobody can tell.
   */
  readonly ours: "yes" | "no" | "unknown";
  verify(bytes: Buffer, signature: Uint8Array): boolean;
}

interface Row {
  readonly id: string;
  readonly public_jwk: unknown;
  readonly private_jwk: string;
  readonly created_at: Date;
  readonly retired_at: Date | null;
}

/** The key that signs now; the first one is made here, once, however many processes ask together. */
export async function openAuditSigner(
  database: Database,
  secrets: SecretBox,
  now: Date,
): Promise<AuditSigner> {
  const current = (await currentKey(database.sql)) ?? (await firstKey(database, secrets, now));
  const key = openPrivate(secrets, current);
  return { keyId: current.id, sign: (bytes) => sign(null, bytes, key) };
}

/** Every key that ever signed, the newest first. Without `secrets` nobody can tell whether they are ours. */
export async function loadAuditKeys(sql: Sql, secrets?: SecretBox): Promise<AuditKey[]> {
  const { rows } = await sql.query<Row>(
    "SELECT * FROM audit_keys ORDER BY retired_at DESC NULLS FIRST, created_at DESC, id",
  );
  return Promise.all(
    rows.flatMap((row) => {
      const parsed = publicJwk.safeParse(row.public_jwk);
      return parsed.success ? [auditKeyOf(row, parsed.data, secrets)] : [];
    }),
  );
}

/** Makes a new key, which signs from now on. Within a transaction; returns its id. */
export async function rotateAuditKey(sql: Sql, secrets: SecretBox, now: Date): Promise<string> {
  await lock(sql);
  await sql.query("UPDATE audit_keys SET retired_at = $1::timestamptz WHERE retired_at IS NULL", [now]);
  return insertKey(sql, secrets, now);
}

/** A key by its public half, as an anchor tells it. Null: it is none. */
export async function publicAuditKey(jwk: unknown): Promise<Pick<AuditKey, "id" | "verify"> | null> {
  const parsed = publicJwk.safeParse(jwk);
  return parsed.success
    ? { id: await calculateJwkThumbprint(parsed.data), verify: verifierOf(parsed.data) }
    : null;
}

async function auditKeyOf(row: Row, jwk: AuditPublicJwk, secrets: SecretBox | undefined): Promise<AuditKey> {
  const named = (await calculateJwkThumbprint(jwk)) === row.id;
  return {
    id: row.id,
    publicJwk: jwk,
    createdAt: row.created_at,
    retiredAt: row.retired_at,
    ours: named ? isOurs(row, jwk, secrets) : "no",
    verify: verifierOf(jwk),
  };
}

function verifierOf(jwk: AuditPublicJwk): AuditKey["verify"] {
  try {
    const key = createPublicKey({ key: jwk, format: "jwk" });
    return (bytes, signature) => verify(null, bytes, key, signature);
  } catch {
    return () => false; // not 32 bytes: nothing is signed by it
  }
}

function isOurs(row: Row, jwk: AuditPublicJwk, secrets: SecretBox | undefined): AuditKey["ours"] {
  if (secrets === undefined) {
    return "unknown";
  }
  try {
    return createPublicKey(openPrivate(secrets, row)).export({ format: "jwk" }).x === jwk.x ? "yes" : "no";
  } catch {
    return "no";
  }
}

async function currentKey(sql: Sql): Promise<Row | undefined> {
  const { rows } = await sql.query<Row>(
    "SELECT * FROM audit_keys WHERE retired_at IS NULL ORDER BY created_at DESC, id DESC LIMIT 1",
    [],
    "audit_key_current",
  );
  return rows[0];
}

function firstKey(database: Database, secrets: SecretBox, now: Date): Promise<Row> {
  return database.transaction(async (sql) => {
    await lock(sql);
    if ((await currentKey(sql)) === undefined) {
      await insertKey(sql, secrets, now);
    }
    const made = await currentKey(sql);
    if (made === undefined) {
      throw new Error("The audit key that was just made is not there");
    }
    return made;
  });
}

function openPrivate(secrets: SecretBox, row: Row): KeyObject {
  const opened = secrets.open(row.private_jwk, sealContext("audit_keys.private_jwk", row.id));
  return createPrivateKey({ key: privateJwk.parse(JSON.parse(opened)), format: "jwk" });
}

async function lock(sql: Sql): Promise<void> {
  await sql.query("SELECT pg_advisory_xact_lock($1::bigint)::text", [AUDIT_KEYS_LOCK]);
}

async function insertKey(sql: Sql, secrets: SecretBox, now: Date): Promise<string> {
  const pair = generateKeyPairSync("ed25519");
  const secret = privateJwk.parse(pair.privateKey.export({ format: "jwk" }));
  const jwk = publicJwk.parse(secret);
  const id = await calculateJwkThumbprint(jwk);
  await sql.query(
    `INSERT INTO audit_keys (id, public_jwk, private_jwk, created_at) VALUES ($1, $2::jsonb, $3, $4::timestamptz)`,
    [
      id,
      JSON.stringify(jwk),
      secrets.seal(JSON.stringify(secret), sealContext("audit_keys.private_jwk", id)),
      now,
    ],
  );
  return id;
}
