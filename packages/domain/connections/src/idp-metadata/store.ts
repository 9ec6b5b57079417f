import type { Sql } from "@sallyport/database";
import { parseConnectionSettings, type SamlSettings } from "../settings.ts";
import { LEASE_MS, type MetadataLifetime, MIN_INTERVAL_MS, MIN_PAUSE_MS, nextRefresh } from "./schedule.ts";
import { type CurrentProblem, currentProblem, type HeldMetadata, heldMetadata } from "./state.ts";

export interface FollowedConnection {
  readonly organizationId: string;
  readonly connectionId: string;
}

/** A connection as it stands. */
export interface Snapshot {
  readonly settings: SamlSettings;
  readonly status: "active" | "disabled";
  /** Differs as soon as anybody has changed the settings. */
  readonly version: string;
}

const SNAPSHOT = `SELECT settings, status, settings::text AS version FROM connections
  WHERE id = $1::uuid AND organization_id = $2::uuid AND type = 'saml'`;

/** Null where there is no such SAML connection. */
export async function findConnection(sql: Sql, connection: FollowedConnection): Promise<Snapshot | null> {
  return snapshot(sql, connection, SNAPSHOT);
}

/**
 * The same, kept as it is until the transaction ends. It comes before the row of `connection_metadata`, as with whoever
 * changes or deletes a connection; sign-ins do not wait for it.
 */
export async function lockConnection(sql: Sql, connection: FollowedConnection): Promise<Snapshot | null> {
  return snapshot(sql, connection, `${SNAPSHOT} FOR NO KEY UPDATE`);
}

async function snapshot(sql: Sql, connection: FollowedConnection, text: string): Promise<Snapshot | null> {
  const { rows } = await sql.query<{ settings: unknown; status: Snapshot["status"]; version: string }>(text, [
    connection.connectionId,
    connection.organizationId,
  ]);
  const [row] = rows;
  return row === undefined ? null : { ...row, settings: parseConnectionSettings("saml", row.settings) };
}

/** `updated_at` moves on, by which whoever is changing the connection meanwhile notices. */
export async function saveSettings(
  sql: Sql,
  connection: FollowedConnection,
  settings: SamlSettings,
  now: Date,
): Promise<void> {
  await sql.query(
    `UPDATE connections SET settings = $3::jsonb,
            updated_at = greatest($4::timestamptz, updated_at + interval '1 millisecond')
     WHERE id = $1::uuid AND organization_id = $2::uuid`,
    [connection.connectionId, connection.organizationId, JSON.stringify(settings), now],
  );
}

export interface MetadataState {
  readonly problem: CurrentProblem | null;
  readonly held: HeldMetadata | null;
}

/** What is known of the metadata; null where none is followed. Locked until the transaction ends. */
export async function lockState(sql: Sql, connection: FollowedConnection): Promise<MetadataState | null> {
  const { rows } = await sql.query<{ problem: unknown; held: unknown }>(
    `SELECT problem, held FROM connection_metadata
     WHERE connection_id = $1::uuid AND organization_id = $2::uuid FOR UPDATE`,
    [connection.connectionId, connection.organizationId],
  );
  const [row] = rows;
  if (row === undefined) {
    return null;
  }
  return {
    problem: row.problem === null ? null : currentProblem.parse(row.problem),
    held: row.held === null ? null : heldMetadata.parse(row.held),
  };
}

/** Stores that the settings say what the metadata says. Begins to follow it where it was not followed. */
export async function saveRefreshed(
  sql: Sql,
  connection: FollowedConnection,
  life: MetadataLifetime,
  now: Date,
): Promise<void> {
  await sql.query(
    `INSERT INTO connection_metadata
       (connection_id, organization_id, due_at, checked_at, refreshed_at, valid_until)
     VALUES ($1::uuid, $2::uuid, $3::timestamptz, $4::timestamptz, $4::timestamptz, $5::timestamptz)
     ON CONFLICT (connection_id) DO UPDATE SET
       due_at = excluded.due_at, checked_at = excluded.checked_at, refreshed_at = excluded.refreshed_at,
       valid_until = excluded.valid_until, problem = NULL, held = NULL`,
    [
      connection.connectionId,
      connection.organizationId,
      nextRefresh(now, life),
      now,
      life.validUntil ?? null,
    ],
  );
}

/** Stores why the settings do not follow the metadata. */
export async function saveProblem(
  sql: Sql,
  connection: FollowedConnection,
  failure: { readonly problem: CurrentProblem; readonly held: HeldMetadata | null; readonly dueAt: Date },
  now: Date,
): Promise<void> {
  await sql.query(
    `UPDATE connection_metadata
     SET due_at = $3::timestamptz, checked_at = $4::timestamptz, problem = $5::jsonb, held = $6::jsonb
     WHERE connection_id = $1::uuid AND organization_id = $2::uuid`,
    [
      connection.connectionId,
      connection.organizationId,
      failure.dueAt,
      now,
      JSON.stringify(failure.problem),
      failure.held === null ? null : JSON.stringify(failure.held),
    ],
  );
}

/** What was held back was applied. When the next refresh is due stays as it was. */
export async function saveApplied(sql: Sql, connection: FollowedConnection, now: Date): Promise<void> {
  await sql.query(
    `UPDATE connection_metadata SET refreshed_at = $3::timestamptz, problem = NULL, held = NULL
     WHERE connection_id = $1::uuid AND organization_id = $2::uuid`,
    [connection.connectionId, connection.organizationId, now],
  );
}

/** Sets when the next refresh is due. */
export async function postpone(sql: Sql, connection: FollowedConnection, until: Date): Promise<void> {
  await sql.query(
    `UPDATE connection_metadata SET due_at = $3::timestamptz
     WHERE connection_id = $1::uuid AND organization_id = $2::uuid`,
    [connection.connectionId, connection.organizationId, until],
  );
}

/** Stops following: there is no URL any more. */
export async function unfollow(sql: Sql, connection: FollowedConnection): Promise<void> {
  await sql.query(
    "DELETE FROM connection_metadata WHERE connection_id = $1::uuid AND organization_id = $2::uuid",
    [connection.connectionId, connection.organizationId],
  );
}

export interface DueConnection extends FollowedConnection {
  /** The metadata of a disabled connection is not fetched. */
  readonly active: boolean;
}

/**
 * Claims connections whose metadata is due, for `leaseMs`: until then no other process takes them, and where this one dies,
 * they are due again afterwards.
 */
export async function claimDue(
  sql: Sql,
  { now, limit, leaseMs }: { readonly now: Date; readonly limit: number; readonly leaseMs: number },
): Promise<DueConnection[]> {
  const { rows } = await sql.query<{ connection_id: string; organization_id: string; active: boolean }>(
    `UPDATE connection_metadata m
     SET due_at = $2, checked_at = CASE WHEN c.status = 'active' THEN $1 ELSE m.checked_at END
     FROM connections c
     WHERE c.id = m.connection_id AND m.connection_id = ANY (ARRAY(
       SELECT connection_id FROM connection_metadata WHERE due_at <= $1 ORDER BY due_at LIMIT $3
       FOR UPDATE SKIP LOCKED))
     RETURNING m.connection_id, m.organization_id, c.status = 'active' AS active`,
    [now, new Date(now.getTime() + leaseMs), limit],
    "idp_metadata_take_due",
  );
  return rows.map((row) => ({
    connectionId: row.connection_id,
    organizationId: row.organization_id,
    active: row.active,
  }));
}

/**
 * Has the metadata refreshed soon: now, or once half a minute has passed since the last refresh, and five minutes since the
 * last that was requested, however often this is called. Returns whether it is due now. What is due within a lease of the
 * last refresh is under way, or comes soon anyway.
 */
export async function requestRefresh(sql: Sql, connection: FollowedConnection, now: Date): Promise<boolean> {
  const { rows } = await sql.query<{ due: boolean }>(
    `UPDATE connection_metadata SET due_at = wanted.at, asked_at = wanted.at
     FROM (SELECT greatest($3::timestamptz, checked_at + make_interval(secs => $4), asked_at + make_interval(secs => $5)) AS at
           FROM connection_metadata WHERE connection_id = $1 AND organization_id = $2) AS wanted
     WHERE connection_id = $1 AND organization_id = $2 AND due_at > wanted.at
       AND (checked_at IS NULL OR due_at > checked_at + make_interval(secs => $6))
     RETURNING due_at <= $3 AS due`,
    [
      connection.connectionId,
      connection.organizationId,
      now,
      MIN_PAUSE_MS / 1_000,
      MIN_INTERVAL_MS / 1_000,
      LEASE_MS / 1_000,
    ],
    "idp_metadata_request",
  );
  return rows[0]?.due === true;
}

/** Fingerprints of the connection's certificates that verified a login since then. */
export async function findCertificatesInUse(
  sql: Sql,
  connection: FollowedConnection,
  since: Date,
): Promise<Set<string>> {
  const { rows } = await sql.query<{ fingerprint: string }>(
    `SELECT fingerprint FROM certificate_uses
     WHERE connection_id = $1::uuid AND organization_id = $2::uuid AND last_validated_at >= $3::timestamptz`,
    [connection.connectionId, connection.organizationId, since],
  );
  return new Set(rows.map((row) => row.fingerprint));
}
