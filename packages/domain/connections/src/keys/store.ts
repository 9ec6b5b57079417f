import { newId, type Sql } from "@sallyport/database";
import { sealContext } from "@sallyport/encryption-keys";
import type { SecretBox } from "@sallyport/secrets";
import type { KeyPair } from "./key-pair.ts";

/** The connection that keys belong to. */
export interface KeyOwner {
  readonly id: string;
  readonly organizationId: string;
}

/** A key that is not retired. */
export interface LiveKeyRow {
  readonly id: string;
  /** PEM. */
  readonly certificate: string;
  /** Sealed. */
  readonly private_key: string;
  readonly metadata_read_at: Date | null;
}

/**
 * Lets whoever changes one connection's keys follow one another, and disturbs no sign-in. False where there is no such
 * connection.
 */
export async function lockKeys(sql: Sql, owner: KeyOwner): Promise<boolean> {
  const { rows } = await sql.query(
    `SELECT id FROM connections
     WHERE id = $1::uuid AND organization_id = $2::uuid FOR NO KEY UPDATE`,
    [owner.id, owner.organizationId],
  );
  return rows.length > 0;
}

/** The live keys: the one that signs first, then the newest. */
export async function findLiveKeys(sql: Sql, owner: KeyOwner): Promise<LiveKeyRow[]> {
  const { rows } = await sql.query<LiveKeyRow>(
    `SELECT id, certificate, private_key, metadata_read_at FROM connection_keys
     WHERE connection_id = $1::uuid AND organization_id = $2::uuid AND retired_at IS NULL
     ORDER BY signs DESC, id DESC`,
    [owner.id, owner.organizationId],
    "connection_keys_find",
  );
  return rows;
}

export async function insertKey(
  sql: Sql,
  secrets: SecretBox,
  owner: KeyOwner,
  key: KeyPair & { readonly signs: boolean; readonly now: Date },
): Promise<string> {
  const id = newId();
  const pem = key.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  await sql.query(
    `INSERT INTO connection_keys
       (id, organization_id, connection_id, certificate, private_key, signs, created_at)
     VALUES ($1::uuid, $2::uuid, $3::uuid, $4, $5, $6::boolean, $7::timestamptz)`,
    [
      id,
      owner.organizationId,
      owner.id,
      key.certificate,
      secrets.seal(pem, sealContext("connection_keys.private_key", id)),
      key.signs,
      key.now,
    ],
  );
  return id;
}

/** Has one of the connection's live keys sign from now on. */
export async function setSigningKey(sql: Sql, owner: KeyOwner, id: string): Promise<void> {
  const values = [owner.id, owner.organizationId, id];
  // Two statements, since at no moment two of them may sign (index connection_keys_signing).
  await sql.query(
    `UPDATE connection_keys SET signs = false
     WHERE connection_id = $1::uuid AND organization_id = $2::uuid AND signs AND id <> $3::uuid`,
    values,
  );
  await sql.query(
    `UPDATE connection_keys SET signs = true
     WHERE connection_id = $1::uuid AND organization_id = $2::uuid AND id = $3::uuid AND retired_at IS NULL`,
    values,
  );
}

/** Ends a key for good: its private part is gone from the row. */
export async function eraseKey(sql: Sql, owner: KeyOwner, id: string, now: Date): Promise<void> {
  await sql.query(
    `UPDATE connection_keys SET retired_at = $4::timestamptz, private_key = NULL, signs = false
     WHERE connection_id = $1::uuid AND organization_id = $2::uuid AND id = $3::uuid AND retired_at IS NULL`,
    [owner.id, owner.organizationId, id, now],
  );
}

/** Notes that the metadata which lists these keys was read; returns those for which it is the first time. */
export async function noteMetadataRead(
  sql: Sql,
  owner: KeyOwner,
  ids: readonly string[],
  now: Date,
): Promise<string[]> {
  const { rows } = await sql.query<{ id: string }>(
    `UPDATE connection_keys SET metadata_read_at = $4::timestamptz
     WHERE connection_id = $1::uuid AND organization_id = $2::uuid AND id = ANY ($3::uuid[])
       AND metadata_read_at IS NULL
     RETURNING id`,
    [owner.id, owner.organizationId, ids, now],
  );
  return rows.map((row) => row.id);
}
