import type { Sql } from "@sallyport/database";
import type { SignalFailureCode } from "../failure.ts";
import type { TransmitterConfiguration } from "./configuration.ts";

/** Of whom something is noted: of another issuer than before, all that was noted goes. */
export interface TransmitterKey {
  readonly connectionId: string;
  readonly organizationId: string;
  readonly issuer: string;
}

/** What is noted; what is left out stays. */
export interface TransmitterNote {
  readonly configuration?: TransmitterConfiguration;
  readonly checkedAt?: Date;
  readonly status?: { readonly status: StreamStatus; readonly reason: string | null };
  readonly lastReceivedAt?: Date;
  readonly lastVerifiedAt?: Date;
  /** Null: all went well. */
  readonly error?: { readonly code: SignalFailureCode; readonly message: string; readonly at: Date } | null;
}

export const STREAM_STATUSES = ["enabled", "paused", "disabled"] as const;
export type StreamStatus = (typeof STREAM_STATUSES)[number];

const LONGEST_MESSAGE = 500;

/** Notes what was heard of a transmitter. Does nothing where the connection is gone. */
export async function noteTransmitter(sql: Sql, key: TransmitterKey, note: TransmitterNote): Promise<void> {
  const { configuration, status, error } = note;
  const kept = (column: string) => `CASE WHEN t.issuer = excluded.issuer THEN t.${column} END`;
  await sql.query(
    `INSERT INTO idp_transmitters AS t (connection_id, organization_id, issuer, configuration, checked_at, status,
       status_reason, last_received_at, last_verified_at, error_code, error_message, error_at)
     SELECT id, $2::uuid, $3, $4::jsonb, $5::timestamptz, $6, $7, $8::timestamptz, $9::timestamptz, $10, $11, $12::timestamptz
     FROM connections WHERE id = $1::uuid AND organization_id = $2::uuid
     ON CONFLICT (connection_id) DO UPDATE SET
       issuer = excluded.issuer,
       configuration = coalesce(excluded.configuration, ${kept("configuration")}),
       checked_at = coalesce(excluded.checked_at, ${kept("checked_at")}),
       status = CASE WHEN $13 THEN excluded.status ELSE ${kept("status")} END,
       status_reason = CASE WHEN $13 THEN excluded.status_reason ELSE ${kept("status_reason")} END,
       last_received_at = coalesce(excluded.last_received_at, ${kept("last_received_at")}),
       last_verified_at = coalesce(excluded.last_verified_at, ${kept("last_verified_at")}),
       error_code = CASE WHEN $14 THEN excluded.error_code ELSE ${kept("error_code")} END,
       error_message = CASE WHEN $14 THEN excluded.error_message ELSE ${kept("error_message")} END,
       error_at = CASE WHEN $14 THEN excluded.error_at ELSE ${kept("error_at")} END`,
    [
      ...[key.connectionId, key.organizationId, key.issuer],
      ...[configuration === undefined ? null : JSON.stringify(configuration), note.checkedAt ?? null],
      ...[status?.status ?? null, status?.reason ?? null],
      ...[note.lastReceivedAt ?? null, note.lastVerifiedAt ?? null],
      ...[error?.code ?? null, error?.message.slice(0, LONGEST_MESSAGE) ?? null, error?.at ?? null],
      ...[status !== undefined, error !== undefined],
    ],
    "idp_transmitters_note",
  );
}

/** A new stream: what was heard by the one before it counts no more. */
export async function forgetStatus(sql: Sql, organizationId: string, connectionId: string): Promise<void> {
  await sql.query(
    `UPDATE idp_transmitters SET status = NULL, status_reason = NULL, last_verified_at = NULL, error_code = NULL,
       error_message = NULL, error_at = NULL
     WHERE connection_id = $1::uuid AND organization_id = $2::uuid`,
    [connectionId, organizationId],
  );
}
