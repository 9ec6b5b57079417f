import type { Sql } from "@sallyport/database";
import { type TransmitterConfiguration, transmitterConfiguration } from "./transmitters/configuration.ts";
import type { StreamStatus } from "./transmitters/store.ts";

/** What a connection hears of its identity provider's transmitter, as administrators see it. */
export interface SignalState {
  /** Null: the connection names no transmitter. */
  readonly mode: "push" | "poll" | null;
  /** As the transmitter calls the stream that the gateway made; null: an administrator made one there by hand, or nobody. */
  readonly streamId: string | null;
  /** As the transmitter said last; null: it did not. */
  readonly status: StreamStatus | null;
  readonly statusReason: string | null;
  readonly lastReceivedAt: Date | null;
  readonly lastPolledAt: Date | null;
  readonly verificationRequestedAt: Date | null;
  readonly lastVerifiedAt: Date | null;
  readonly lastError: { readonly code: string; readonly message: string; readonly at: Date } | null;
  readonly transmitter: TransmitterConfiguration | null;
  readonly checkedAt: Date | null;
}

/** Null where the organization has no such connection. */
export async function readSignalState(
  sql: Sql,
  organizationId: string,
  connectionId: string,
): Promise<SignalState | null> {
  const { rows } = await sql.query<{
    named: boolean;
    stream_id: string | null;
    polled: boolean | null;
    last_polled_at: Date | null;
    verify_asked_at: Date | null;
    status: StreamStatus | null;
    status_reason: string | null;
    last_received_at: Date | null;
    last_verified_at: Date | null;
    error_code: string | null;
    error_message: string | null;
    error_at: Date | null;
    configuration: unknown;
    checked_at: Date | null;
  }>(
    `SELECT c.settings->'signals'->>'issuer' IS NOT NULL AS named,
            s.stream_id, s.poll_url IS NOT NULL AS polled, s.last_polled_at, s.verify_asked_at,
            t.status, t.status_reason, t.last_received_at, t.last_verified_at, t.error_code, t.error_message, t.error_at,
            t.configuration, t.checked_at
     FROM connections c
     LEFT JOIN idp_transmitters t ON t.connection_id = c.id AND t.issuer = c.settings->'signals'->>'issuer'
     LEFT JOIN idp_streams s ON s.connection_id = c.id AND s.issuer = c.settings->'signals'->>'issuer'
     WHERE c.id = $1::uuid AND c.organization_id = $2::uuid`,
    [connectionId, organizationId],
  );
  const [row] = rows;
  if (row === undefined) {
    return null;
  }
  const { error_code: code, error_message: message, error_at: at } = row;
  return {
    mode: row.named ? (row.polled === true ? "poll" : "push") : null,
    streamId: row.stream_id,
    status: row.status,
    statusReason: row.status_reason,
    lastReceivedAt: row.last_received_at,
    lastPolledAt: row.last_polled_at,
    verificationRequestedAt: row.verify_asked_at,
    lastVerifiedAt: row.last_verified_at,
    lastError: code === null || message === null || at === null ? null : { code, message, at },
    transmitter: row.configuration === null ? null : transmitterConfiguration.parse(row.configuration),
    checkedAt: row.checked_at,
  };
}
