import type { Sql } from "@sallyport/database";
import { sealContext } from "@sallyport/encryption-keys";
import type { SecretBox } from "@sallyport/secrets";
import type { StreamThere } from "./at-transmitter.ts";
import { type Credential, credential } from "./credential.ts";

/** A stream at the transmitter, with what it is called with. */
export interface OwnStream {
  readonly id: string;
  readonly organizationId: string;
  /** Null: it is to be deleted there. */
  readonly connectionId: string | null;
  readonly configurationEndpoint: string;
  readonly streamId: string;
  readonly pollUrl: string | null;
  /** See `openCredential`. */
  readonly sealedCredential: string;
  readonly failures: number;
  readonly failingSince: Date | null;
}

export interface NewStream extends StreamThere {
  readonly id: string;
  readonly organizationId: string;
  readonly connectionId: string;
  readonly issuer: string;
  readonly configurationEndpoint: string;
  readonly credential: Credential;
  readonly pushDigest: Buffer | null;
}

/**
 * Stores what was made at the transmitter, in place of the stream before it, which is then deleted there. Resolves to false
 * where the connection names another transmitter by now, or is gone.
 */
export async function storeStream(
  sql: Sql,
  secrets: SecretBox,
  stream: NewStream,
  now: Date,
): Promise<boolean> {
  const { rows } = await sql.query<{ issuer: string | null }>(
    `SELECT settings->'signals'->>'issuer' AS issuer FROM connections
     WHERE id = $1::uuid AND organization_id = $2::uuid FOR NO KEY UPDATE`,
    [stream.connectionId, stream.organizationId],
  );
  const isMeant = rows[0]?.issuer === stream.issuer;
  if (isMeant) {
    await detachStream(sql, stream, now);
  }
  await sql.query(
    `INSERT INTO idp_streams (id, organization_id, connection_id, issuer, configuration_endpoint, stream_id, audiences,
       poll_url, credential, push_digest, due_at, created_at)
     VALUES ($1::uuid, $2::uuid, $3::uuid, $4, $5, $6, $7::text[], $8, $9, $10, $11::timestamptz, $12::timestamptz)`,
    [
      ...[stream.id, stream.organizationId, isMeant ? stream.connectionId : null, stream.issuer],
      ...[stream.configurationEndpoint, stream.streamId, [...stream.audiences], stream.pollUrl],
      secrets.seal(JSON.stringify(stream.credential), sealContext("idp_streams.credential", stream.id)),
      ...[stream.pushDigest, isMeant && stream.pollUrl === null ? null : now, now],
    ],
  );
  return isMeant;
}

/** From now on it is no stream of the connection's, and is to be deleted at its transmitter. Null: there was none. */
export async function detachStream(
  sql: Sql,
  { organizationId, connectionId }: { readonly organizationId: string; readonly connectionId: string },
  now: Date,
): Promise<{ readonly issuer: string; readonly streamId: string } | null> {
  const { rows } = await sql.query<{ issuer: string; stream_id: string }>(
    `UPDATE idp_streams SET connection_id = NULL, due_at = $2::timestamptz, failures = 0, failing_since = NULL
     WHERE connection_id = $1::uuid AND organization_id = $3::uuid RETURNING issuer, stream_id`,
    [connectionId, now, organizationId],
  );
  return rows[0] === undefined ? null : { issuer: rows[0].issuer, streamId: rows[0].stream_id };
}

/** Streams of connections that are gone, or name another transmitter by now, are to be deleted there. */
export async function detachForeign(sql: Sql, now: Date): Promise<void> {
  await sql.query(
    `UPDATE idp_streams s SET connection_id = NULL, due_at = $1, failures = 0, failing_since = NULL
     FROM connections c
     WHERE c.id = s.connection_id AND c.settings->'signals'->>'issuer' IS DISTINCT FROM s.issuer`,
    [now],
    "idp_streams_detach",
  );
  await sql.query(
    "UPDATE idp_streams SET due_at = $1, failures = 0, failing_since = NULL WHERE connection_id IS NULL AND due_at IS NULL",
    [now],
    "idp_streams_orphans",
  );
}

export interface OwnStreamRow {
  readonly id: string;
  readonly organization_id: string;
  readonly connection_id: string | null;
  readonly configuration_endpoint: string;
  readonly stream_id: string;
  readonly poll_url: string | null;
  readonly credential: string;
  readonly failures: number;
  readonly failing_since: Date | null;
}

export const OWN_STREAM_COLUMNS =
  "id, organization_id, connection_id, configuration_endpoint, stream_id, poll_url, credential, failures, failing_since";

export function ownStreamOf(row: OwnStreamRow): OwnStream {
  return {
    id: row.id,
    organizationId: row.organization_id,
    connectionId: row.connection_id,
    configurationEndpoint: row.configuration_endpoint,
    streamId: row.stream_id,
    pollUrl: row.poll_url,
    sealedCredential: row.credential,
    failures: row.failures,
    failingSince: row.failing_since,
  };
}

/** What the transmitter is called with. Throws `SecretError`. */
export function openCredential(
  secrets: SecretBox,
  { id, sealedCredential }: Pick<OwnStream, "id" | "sealedCredential">,
): Credential {
  return credential.parse(
    JSON.parse(secrets.open(sealedCredential, sealContext("idp_streams.credential", id))),
  );
}

/** The connection's stream; null where the gateway made none. */
export async function findOwnStream(sql: Sql, streamRowId: string): Promise<OwnStream | null> {
  const { rows } = await sql.query<OwnStreamRow>(
    `SELECT ${OWN_STREAM_COLUMNS} FROM idp_streams WHERE id = $1::uuid`,
    [streamRowId],
  );
  return rows[0] === undefined ? null : ownStreamOf(rows[0]);
}

/** What the verification event that was asked for is to bring. */
export async function expectVerification(
  sql: Sql,
  streamRowId: string,
  state: string,
  now: Date,
): Promise<void> {
  await sql.query(
    "UPDATE idp_streams SET verify_state = $2, verify_asked_at = $3::timestamptz WHERE id = $1::uuid",
    [streamRowId, state, now],
  );
}
