import type { Database, Sql } from "@sallyport/database";
import { recordEvents } from "@sallyport/events";
import { failPending } from "./fail-pending.ts";
import { release } from "./release.ts";
import type { TakenDelivery } from "./take.ts";

/** What became of an attempt. */
export interface FinishedAttempt {
  readonly delivery: Pick<TakenDelivery, "id" | "endpointId" | "resource" | "attempt">;
  /** `null`: given back untried, as if it had not been taken. */
  readonly request: {
    readonly at: Date;
    readonly signature: string;
    /** Of the answer; null: there was none. */
    readonly status: number | null;
    /** The beginning of its body. */
    readonly response: string | null;
    readonly error: string | null;
    readonly durationMs: number;
  } | null;
  /** "failed": it is given up. A date: the next attempt. */
  readonly outcome: "delivered" | "failed" | Date;
  /** The endpoint asked to be left alone until then. */
  readonly notBefore?: Date | undefined;
  /** The endpoint is gone, for good, by its own word. */
  readonly gone?: boolean;
}

/** An endpoint that is sent nothing any more. */
export interface Disabling {
  readonly endpointId: string;
  readonly reason: "gone" | "unreachable";
}

const DAY_MS = 24 * 3_600_000;
/** An endpoint that has taken nothing for as long, and whose delivery was given up, is disabled. */
const UNREACHABLE_AFTER_MS = 3 * DAY_MS;

/**
 * Writes down what became of attempts, in one transaction for any number of them, and has what waited behind them go out.
 * An attempt whose lease ran out, and which somebody else has made again, changes nothing but by its success. Resolves to
 * the endpoints that are disabled by it, each with its event.
 */
export function finishAttempts(
  database: Database,
  attempts: readonly FinishedAttempt[],
  now: Date,
): Promise<Disabling[]> {
  return database.transaction(async (sql) => {
    const endpoints = await lockEndpoints(sql, attempts);
    const finished = await settle(sql, attempts, now);
    if (finished.length > 0) {
      await release(sql, finished, now);
    }
    const disabled: Disabling[] = [];
    for (const endpoint of endpoints) {
      const own = attempts.filter(
        ({ delivery, request }) => delivery.endpointId === endpoint.id && request !== null,
      );
      const state = stateAfter(endpoint, own);
      await keepState(sql, endpoint, state);
      const reason = reasonToDisable(endpoint, own, state, now);
      if (reason !== null) {
        await disable(sql, endpoint, reason, state.failingSince ?? now, now);
        disabled.push({ endpointId: endpoint.id, reason });
      }
    }
    return disabled;
  });
}

interface Endpoint {
  readonly id: string;
  readonly organization_id: string | null;
  readonly status: string;
  readonly failing_since: Date | null;
  readonly not_before: Date | null;
}

async function lockEndpoints(sql: Sql, attempts: readonly FinishedAttempt[]): Promise<Endpoint[]> {
  const { rows } = await sql.query<Endpoint>(
    `SELECT id, organization_id, status, failing_since, not_before FROM webhook_endpoints
     WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE`,
    [[...new Set(attempts.map(({ delivery }) => delivery.endpointId))]],
    "webhooks_lock_states",
  );
  return rows;
}

/** Resolves to the rows of which something is done. */
async function settle(sql: Sql, attempts: readonly FinishedAttempt[], now: Date) {
  const told = attempts.map(({ delivery, request, outcome }) => ({
    id: delivery.id,
    number: delivery.attempt,
    untried: request === null,
    status: outcome instanceof Date ? "pending" : outcome,
    due_at: outcome instanceof Date ? outcome : null,
    at: request?.at,
    signature: request?.signature,
    answer: request?.status,
    response: request?.response,
    error: request?.error,
    duration_ms: request?.durationMs,
  }));
  const { rows } = await sql.query<{ endpoint_id: string; resource: string }>(
    `WITH told AS MATERIALIZED (
       SELECT * FROM json_to_recordset($1::json) AS t (
         id uuid, number int, untried boolean, status text, due_at timestamptz, at timestamptz, signature text,
         answer int, response text, error text, duration_ms int)),
     made AS (
       INSERT INTO webhook_attempts (delivery_id, number, at, signature, status, response, error, duration_ms)
       SELECT t.id, t.number, t.at, t.signature, t.answer, CASE WHEN e.erased_at IS NULL THEN t.response END, t.error,
              t.duration_ms
       FROM told t JOIN webhook_deliveries d ON d.id = t.id LEFT JOIN events e ON e.id = d.event_id
       WHERE NOT t.untried
       ON CONFLICT DO NOTHING),
     settled AS (
       UPDATE webhook_deliveries d
       SET status = t.status, due_at = t.due_at,
           attempts = d.attempts - t.untried::int, tries_since = d.tries_since - t.untried::int,
           finished_at = CASE WHEN t.status = 'pending' THEN NULL ELSE $2::timestamptz END,
           last_status = CASE WHEN t.untried THEN d.last_status ELSE t.answer END,
           last_error = CASE WHEN t.untried THEN d.last_error ELSE t.error END
       FROM told t
       WHERE d.id = t.id AND d.attempts = t.number AND (d.status = 'pending' OR t.status = 'delivered')
       RETURNING d.endpoint_id, d.resource, d.status)
     SELECT endpoint_id, resource FROM settled WHERE status <> 'pending'`,
    [JSON.stringify(told), now],
    "webhooks_settle",
  );
  return rows.map((row) => ({ endpointId: row.endpoint_id, resource: row.resource }));
}

interface State {
  readonly failingSince: Date | null;
  readonly notBefore: Date | null;
}

/** The endpoint's, as its attempts have left it, the last one last. */
function stateAfter(endpoint: Endpoint, attempts: readonly FinishedAttempt[]): State {
  let state: State = { failingSince: endpoint.failing_since, notBefore: endpoint.not_before };
  for (const { outcome, request, notBefore } of attempts) {
    state =
      outcome === "delivered"
        ? { failingSince: null, notBefore: null }
        : {
            failingSince: state.failingSince ?? request?.at ?? null,
            notBefore: notBefore ?? state.notBefore,
          };
  }
  return state;
}

async function keepState(sql: Sql, endpoint: Endpoint, { failingSince, notBefore }: State): Promise<void> {
  const same =
    endpoint.failing_since?.getTime() === failingSince?.getTime() &&
    endpoint.not_before?.getTime() === notBefore?.getTime();
  if (same) {
    return;
  }
  await sql.query(
    "UPDATE webhook_endpoints SET failing_since = $2, not_before = $3 WHERE id = $1::uuid",
    [endpoint.id, failingSince, notBefore],
    "webhooks_keep_state",
  );
}

function reasonToDisable(
  endpoint: Endpoint,
  attempts: readonly FinishedAttempt[],
  { failingSince }: State,
  now: Date,
): Disabling["reason"] | null {
  if (endpoint.status !== "enabled") {
    return null;
  }
  if (attempts.some(({ gone }) => gone === true)) {
    return "gone";
  }
  const givenUp = attempts.some(({ outcome }) => outcome === "failed");
  const dead = failingSince !== null && failingSince.getTime() <= now.getTime() - UNREACHABLE_AFTER_MS;
  return givenUp && dead ? "unreachable" : null;
}

const WORDS: Readonly<Record<Disabling["reason"], string>> = {
  gone: "The endpoint answered that it is gone (410), and was disabled.",
  unreachable: "The endpoint took nothing for days, and was disabled.",
};

async function disable(
  sql: Sql,
  endpoint: Endpoint,
  reason: Disabling["reason"],
  failingSince: Date,
  now: Date,
): Promise<void> {
  await sql.query(
    "UPDATE webhook_endpoints SET status = $2, disabled_at = $3 WHERE id = $1::uuid",
    [endpoint.id, reason, now],
    "webhooks_disable",
  );
  const failed = await failPending(sql, endpoint.id, WORDS[reason], now);
  await recordEvents(sql, [
    {
      organizationId: endpoint.organization_id,
      type: "webhook_endpoint.disabled",
      actor: { type: "system" },
      resource: { type: "webhookEndpoint", id: endpoint.id },
      data: { reason, failingSince: failingSince.toISOString(), failed },
    },
  ]);
}
