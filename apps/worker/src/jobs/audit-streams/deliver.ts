import {
  finishDelivered,
  finishFailed,
  giveBack,
  nextBatch,
  requestOf,
  scopeOf,
  skip,
  type TakenStream,
} from "@sallyport/audit-streams";
import type { Database } from "@sallyport/database";
import { type Backoff, nextAttempt, retryAfterMs, send } from "@sallyport/delivery";
import { feedAfterGap } from "@sallyport/events";
import type { Outbound } from "@sallyport/outbound";
import { SecretError } from "@sallyport/secrets";

export interface DeliverDeps {
  readonly database: Database;
  readonly outbound: Outbound;
  readonly now: () => Date;
  /** Ends what is under way. */
  readonly signal: AbortSignal;
}

const MINUTE_MS = 60_000;
/** It is never given up: what there is waits. */
const BACKOFF: Backoff = {
  delaysMs: [1_000, 5_000, 15_000, MINUTE_MS, 5 * MINUTE_MS],
  withinMs: Number.MAX_SAFE_INTEGER / 2,
  jitter: 0.2,
  longestWaitMs: 10 * MINUTE_MS,
};
export const TIMEOUT_MS = 30_000;
const KEPT_BYTES = 500;

/** What became of a turn of a stream. */
export type Outcome = "delivered" | "failed" | "nothing" | "interrupted";

/** Sends the next batch of a stream, and writes down what became of it. */
export async function deliver(deps: DeliverDeps, stream: TakenStream): Promise<Outcome> {
  const { database, outbound, now, signal } = deps;
  const batch = await nextBatch(database.sql, stream);
  if (batch === null || batch === "missing") {
    const to = await feedAfterGap(database.sql, scopeOf(stream), stream.position);
    await skip(database, stream, { to, missing: batch === "missing" });
    return "nothing";
  }
  const secret = openSecret(stream);
  if (secret === undefined) {
    return fail(deps, stream, {
      error: "The secret does not open: an encryption key is missing.",
      status: null,
    });
  }
  const request = await requestOf(stream.destination, secret, batch, now());
  const exchange = await send(outbound, { ...request, timeoutMs: TIMEOUT_MS, keepBytes: KEPT_BYTES, signal });
  const { status, error, body, retryAfter, interrupted } = exchange;
  if (interrupted) {
    await giveBack(database.sql, stream);
    return "interrupted";
  }
  if (status !== null && status >= 200 && status < 300) {
    await finishDelivered(database, stream, { position: batch.last, events: batch.events.length }, now());
    return "delivered";
  }
  return fail(deps, stream, {
    error: error ?? `The destination answered ${status}`,
    answer: without(body ?? "", secret),
    ...{ status, askedMs: retryAfterMs(retryAfter, now()) },
  });
}

async function fail(
  { database, now }: DeliverDeps,
  stream: TakenStream,
  {
    askedMs,
    ...failed
  }: { error: string; answer?: string; status: number | null; askedMs?: number | undefined },
): Promise<"failed"> {
  const at = now();
  const firstAt = stream.failingSince ?? at;
  const nextAt = nextAttempt(BACKOFF, { attempt: stream.failures + 1, firstAt, now: at, askedMs }) ?? at;
  await finishFailed(database, stream, { ...failed, nextAt }, at);
  return "failed";
}

/** What a destination says that sends back what it was sent: without the secret, in whatever way a header has it. */
function without(answer: string, secret: string | null): string {
  const forms = secret === null ? [] : [secret, ...secret.split(" ")].filter((form) => form.length > 3);
  return forms.reduce((text, form) => text.replaceAll(form, "[secret]"), answer);
}

/** Undefined: it does not open. Of one stream, that is nothing to hold up the others. */
function openSecret(stream: TakenStream): string | null | undefined {
  try {
    return stream.secret();
  } catch (error) {
    if (error instanceof SecretError) {
      return undefined;
    }
    throw error;
  }
}
