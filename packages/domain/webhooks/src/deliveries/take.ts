import type { Sql } from "@sallyport/database";
import { sealContext } from "@sallyport/encryption-keys";
import { findEvents, type RecordedEvent } from "@sallyport/events";
import type { SecretBox } from "@sallyport/secrets";

/** Of due deliveries, the first so many say to whom something is due, unless there are more. */
const LOOK_AT = 1_000;

/** An endpoint that has something due, and may be sent it. */
export interface DueEndpoint {
  readonly id: string;
  /** Its last attempt failed. */
  readonly failing: boolean;
}

/** The endpoints to send to now. However much is due to one of them, the others are found. */
export async function dueEndpoints(sql: Sql, now: Date): Promise<DueEndpoint[]> {
  const { rows } = await sql.query<DueEndpoint & { readonly due: number; readonly ready: boolean }>(
    `SELECT e.id, d.due, e.failing_since IS NOT NULL AS failing, (e.not_before IS NULL OR e.not_before <= $1) AS ready
     FROM (SELECT first.endpoint_id, count(*)::int AS due
           FROM (SELECT endpoint_id FROM webhook_deliveries WHERE due_at <= $1 ORDER BY due_at LIMIT $2) AS first
           GROUP BY 1) AS d
     JOIN webhook_endpoints e ON e.id = d.endpoint_id`,
    [now, LOOK_AT],
    "webhooks_due",
  );
  if (rows.reduce((sum, { due }) => sum + due, 0) < LOOK_AT) {
    return rows.filter(({ ready }) => ready);
  }
  const all = await sql.query<DueEndpoint>(
    `SELECT e.id, e.failing_since IS NOT NULL AS failing FROM webhook_endpoints e
     WHERE e.status = 'enabled' AND (e.not_before IS NULL OR e.not_before <= $1) AND EXISTS (
       SELECT 1 FROM webhook_deliveries d WHERE d.endpoint_id = e.id AND d.due_at <= $1)`,
    [now],
    "webhooks_due_endpoints",
  );
  return all.rows;
}

/** A delivery that this process is to make now. */
export interface TakenDelivery {
  readonly id: string;
  readonly endpointId: string;
  readonly resource: string;
  /** This attempt, from 1, of all; tells a holder of an older lease from this one. */
  readonly attempt: number;
  /** This attempt, from 1, since the delivery was made or replayed. */
  readonly tries: number;
  /** The first of those. */
  readonly firstAt: Date;
  readonly url: string;
  /** All that sign now. Throws `SecretError` where they do not open. */
  readonly secrets: () => readonly string[];
  /** The endpoint has not taken anything since. */
  readonly failingSince: Date | null;
  /** Null: it is not kept any more. */
  readonly event: RecordedEvent | null;
}

export interface Taking {
  /** How many, by endpoint. */
  readonly shares: ReadonlyMap<string, number>;
  readonly now: Date;
  /** Who takes them and dies leaves them until then. */
  readonly leaseUntil: Date;
}

interface Row {
  readonly id: string;
  readonly endpoint_id: string;
  readonly resource: string;
  readonly event_id: string;
  readonly attempts: number;
  readonly tries_since: number;
  readonly first_attempt_at: Date;
  readonly url: string;
  readonly secret: string;
  readonly previous_secret: string | null;
  readonly previous_secret_until: Date | null;
  readonly failing_since: Date | null;
}

/** Takes due deliveries, those that have waited longest first, and leases them. Two processes never take the same. */
export async function takeDeliveries(
  sql: Sql,
  secrets: SecretBox,
  { shares, now, leaseUntil }: Taking,
): Promise<TakenDelivery[]> {
  const { rows } = await sql.query<Row>(
    `UPDATE webhook_deliveries d
     SET due_at = $4, attempts = d.attempts + 1, tries_since = d.tries_since + 1,
         first_attempt_at = coalesce(d.first_attempt_at, $3)
     FROM (SELECT due.id
           FROM unnest($1::uuid[], $2::int[]) AS share (endpoint_id, places)
           CROSS JOIN LATERAL (
             SELECT w.id FROM webhook_deliveries w
             WHERE w.endpoint_id = share.endpoint_id AND w.due_at <= $3
             ORDER BY w.due_at LIMIT share.places FOR UPDATE SKIP LOCKED) AS due) AS taken,
          webhook_endpoints e
     WHERE d.id = taken.id AND e.id = d.endpoint_id AND e.status = 'enabled'
       AND (e.not_before IS NULL OR e.not_before <= $3)
     RETURNING d.id, d.endpoint_id, d.resource, d.event_id, d.attempts, d.tries_since, d.first_attempt_at,
               e.url, e.secret, e.previous_secret, e.previous_secret_until, e.failing_since`,
    [[...shares.keys()], [...shares.values()], now, leaseUntil],
    "webhooks_take",
  );
  const events =
    rows.length === 0
      ? null
      : await findEvents(
          sql,
          rows.map((row) => row.event_id),
        );
  return rows.map((row) => ({
    id: row.id,
    endpointId: row.endpoint_id,
    resource: row.resource,
    attempt: row.attempts,
    tries: row.tries_since,
    firstAt: row.first_attempt_at,
    url: row.url,
    secrets: () => secretsOf(secrets, row, now),
    failingSince: row.failing_since,
    event: events?.get(row.event_id) ?? null,
  }));
}

function secretsOf(box: SecretBox, row: Row, now: Date): string[] {
  const { endpoint_id: id, previous_secret: previous, previous_secret_until: until } = row;
  const current = box.open(row.secret, sealContext("webhook_endpoints.secret", id));
  if (previous === null || until === null || until <= now) {
    return [current];
  }
  return [current, box.open(previous, sealContext("webhook_endpoints.previous_secret", id))];
}
