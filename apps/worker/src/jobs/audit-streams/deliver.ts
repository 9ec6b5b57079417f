import {
  finishDelivered,
  finishFailed,
  giveBack,
  nextBatch,
  scopeOf,
  skip,
  type TakenStream,
} from "@sallyport/audit-streams";
import type { Database } from "@sallyport/database";
import { type Backoff, nextAttempt, retryAfterMs } from "@sallyport/delivery";
import { feedAfterGap } from "@sallyport/events";
import type { Receiver, Refusal } from "./receiver.ts";

export interface DeliverDeps {
  readonly database: Database;
  readonly now: () => Date;
}

const MINUTE_MS = 60_000;
/** It is never given up: what there is waits. */
const BACKOFF: Backoff = {
  delaysMs: [1_000, 5_000, 15_000, MINUTE_MS, 5 * MINUTE_MS],
  withinMs: Number.MAX_SAFE_INTEGER / 2,
  jitter: 0.2,
  longestWaitMs: 10 * MINUTE_MS,
};

/** What became of a turn of a stream. */
export type Outcome = "delivered" | "failed" | "nothing" | "interrupted";

/** Sends the next batch of a stream, and writes down what became of it. */
export async function deliver(deps: DeliverDeps, stream: TakenStream, receiver: Receiver): Promise<Outcome> {
  const { database, now } = deps;
  const prepared = await receiver.prepare();
  if (prepared === "restarted") {
    return "nothing";
  }
  if (prepared === "done") {
    await finishDelivered(database, stream, { position: stream.position, events: 0 }, now());
    return "delivered";
  }
  if (prepared !== "ready") {
    return refused(deps, stream, prepared);
  }
  const batch = await nextBatch(database.sql, stream);
  if (batch === null || batch === "missing") {
    const to = await feedAfterGap(database.sql, scopeOf(stream), stream.position);
    await skip(database, stream, { to, missing: batch === "missing" });
    return "nothing";
  }
  const taken = await receiver.take(batch);
  if (taken !== "taken") {
    return refused(deps, stream, taken);
  }
  await finishDelivered(database, stream, { position: batch.last, events: batch.events.length }, now());
  return "delivered";
}

async function refused(
  { database, now }: DeliverDeps,
  stream: TakenStream,
  { error, answer, status, retryAfter, interrupted }: Refusal,
): Promise<"failed" | "interrupted"> {
  if (interrupted) {
    await giveBack(database.sql, stream);
    return "interrupted";
  }
  const at = now();
  const firstAt = stream.failingSince ?? at;
  const askedMs = retryAfterMs(retryAfter, at);
  const nextAt = nextAttempt(BACKOFF, { attempt: stream.failures + 1, firstAt, now: at, askedMs }) ?? at;
  await finishFailed(database, stream, { error, answer, status, nextAt }, at);
  return "failed";
}
