import type { Sql } from "@sallyport/database";
import { sealContext } from "@sallyport/encryption-keys";
import type { SecretBox } from "@sallyport/secrets";
import { GATHERED_MS } from "../clickhouse/follow.ts";
import type { Destination } from "../destination.ts";

/** A stream that has something to send, and may be tried. */
export interface DueStream {
  readonly id: string;
  readonly failing: boolean;
  readonly type: Destination["type"];
}

/** A stream that this process sends for, until its lease ends. */
export interface TakenStream {
  readonly id: string;
  readonly organizationId: string | null;
  readonly destination: Destination;
  readonly position: number;
  readonly failures: number;
  readonly failingSince: Date | null;
  /** Names the lease: whoever lost it changes nothing. */
  readonly leasedUntil: Date;
  /** Throws `SecretError` where no key opens it. */
  secret(): string | null;
}

const MOST_LOOKED_AT = 1_000;

/** Those that have waited the longest first. */
export async function dueStreams(sql: Sql, now: Date): Promise<DueStream[]> {
  const { rows } = await sql.query<DueStream>(
    `SELECT s.id, s.failing_since IS NOT NULL AS failing, s.destination->>'type' AS type FROM audit_streams s
     LEFT JOIN outbox_sequences q ON q.organization_id = s.organization_id
     WHERE s.enabled AND s.due_at <= $1 AND (s.leased_until IS NULL OR s.leased_until <= $1)
       AND (s.position < CASE WHEN s.organization_id IS NULL THEN (SELECT position FROM outbox_state) ELSE q.last END
         OR s.destination->>'type' = 'clickhouse' AND EXISTS (SELECT FROM event_changes WHERE changed_at <= $2))
     ORDER BY s.due_at LIMIT ${MOST_LOOKED_AT}`,
    [now, new Date(now.getTime() - GATHERED_MS)],
    "audit_streams_due",
  );
  return rows;
}

interface Row {
  readonly id: string;
  readonly organization_id: string | null;
  readonly destination: Destination;
  readonly secret: string | null;
  readonly position: string;
  readonly failures: number;
  readonly failing_since: Date | null;
}

/** Leases streams, as far as no other process was quicker. */
export async function takeStreams(
  sql: Sql,
  secrets: SecretBox,
  {
    ids,
    now,
    leasedUntil,
  }: { readonly ids: readonly string[]; readonly now: Date; readonly leasedUntil: Date },
): Promise<TakenStream[]> {
  const { rows } = await sql.query<Row>(
    `WITH free AS MATERIALIZED (
       SELECT id FROM audit_streams
       WHERE id = ANY ($1::uuid[]) AND enabled AND (leased_until IS NULL OR leased_until <= $2)
       FOR UPDATE SKIP LOCKED)
     UPDATE audit_streams s SET leased_until = $3 FROM free WHERE s.id = free.id
     RETURNING s.id, s.organization_id, s.destination, s.secret, s.position, s.failures, s.failing_since`,
    [ids, now, leasedUntil],
    "audit_streams_take",
  );
  return rows.map(({ id, organization_id, destination, secret, position, failures, failing_since }) => ({
    ...{ id, organizationId: organization_id, destination, position: Number(position), failures },
    ...{ failingSince: failing_since, leasedUntil },
    secret: () => secret && secrets.open(secret, sealContext("audit_streams.secret", id)),
  }));
}

/** Up to where every enabled stream of all organizations' events has sent them; null where there is no such stream. */
export async function sentByAll(sql: Sql): Promise<number | null> {
  const { rows } = await sql.query<{ position: string | null }>(
    "SELECT min(position) AS position FROM audit_streams WHERE organization_id IS NULL AND enabled",
    [],
    "audit_streams_sent_by_all",
  );
  return rows[0]?.position == null ? null : Number(rows[0].position);
}
