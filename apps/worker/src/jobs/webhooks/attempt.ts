import { type Backoff, type Exchange, nextAttempt, retryAfterMs, send } from "@sallyport/delivery";
import type { Outbound } from "@sallyport/outbound";
import { SecretError } from "@sallyport/secrets";
import {
  bodyOf,
  type FinishedAttempt,
  headersOf,
  signatureOf,
  type TakenDelivery,
  timestampOf,
} from "@sallyport/webhooks";

export interface AttemptDeps {
  readonly outbound: Outbound;
  readonly now: () => Date;
  /** Ends what is under way. */
  readonly signal: AbortSignal;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** Eleven attempts in a day: a restart costs seconds, a night's outage loses nothing. */
const BACKOFF: Backoff = {
  delaysMs: [
    5 * SECOND_MS,
    30 * SECOND_MS,
    2 * MINUTE_MS,
    10 * MINUTE_MS,
    30 * MINUTE_MS,
    HOUR_MS,
    2 * HOUR_MS,
    4 * HOUR_MS,
    8 * HOUR_MS,
    8 * HOUR_MS,
  ],
  withinMs: 24 * HOUR_MS,
  jitter: 0.2,
  longestWaitMs: HOUR_MS,
};

/** A receiver has as long to answer; it should take the event, answer, and work afterwards. */
const TIMEOUT_MS = 15 * SECOND_MS;
const KEPT_BYTES = 4 * 1024;
const GONE = 410;
/** By which a receiver asks for less, and says for how long. */
const BUSY: ReadonlySet<number> = new Set([429, 503]);

/** Makes one attempt. Never throws: what goes wrong is told. */
export async function attempt(
  { outbound, now, signal }: AttemptDeps,
  delivery: TakenDelivery,
): Promise<FinishedAttempt> {
  const at = now();
  const { id, url, event } = delivery;
  const unsent = (error: string) => ({
    ...{ at, signature: "", status: null, response: null, error, durationMs: 0 },
  });
  if (event === null) {
    return { delivery, request: unsent("The event is not kept any more."), outcome: "failed" };
  }
  const body = bodyOf(event);
  const signature = sign(delivery, at, body);
  if (signature === null) {
    const request = unsent("The endpoint's secret does not open: an encryption key is missing.");
    return { delivery, request, ...judge(delivery, { status: null, retryAfter: null }, at) };
  }
  const exchange = await send(outbound, {
    url,
    body,
    headers: headersOf(id, at, signature),
    timeoutMs: TIMEOUT_MS,
    keepBytes: KEPT_BYTES,
    signal,
  });
  if (exchange.interrupted) {
    return { delivery, request: null, outcome: now() };
  }
  const { status, body: response, error, durationMs } = exchange;
  const request = { at, signature, status, response, error: error ?? refusalOf(status), durationMs };
  return { delivery, request, ...judge(delivery, exchange, now()) };
}

/** Null: the secrets do not open. Of one endpoint, that is nothing to hold up the others. */
function sign({ id, secrets }: TakenDelivery, at: Date, body: string): string | null {
  try {
    return signatureOf(secrets(), { id, timestamp: timestampOf(at), body });
  } catch (error) {
    if (error instanceof SecretError) {
      return null;
    }
    throw error;
  }
}

function judge(
  { tries, firstAt }: TakenDelivery,
  { status, retryAfter }: Pick<Exchange, "status" | "retryAfter">,
  now: Date,
): Pick<FinishedAttempt, "outcome" | "notBefore" | "gone"> {
  if (isSuccess(status)) {
    return { outcome: "delivered" };
  }
  if (status === GONE) {
    return { outcome: "failed", gone: true };
  }
  const askedMs = retryAfterMs(retryAfter, now);
  const next = nextAttempt(BACKOFF, { attempt: tries, firstAt, now, askedMs });
  if (status === null || !BUSY.has(status) || askedMs === undefined) {
    return { outcome: next ?? "failed" };
  }
  return {
    outcome: next ?? "failed",
    notBefore: new Date(now.getTime() + Math.min(askedMs, BACKOFF.longestWaitMs)),
  };
}

function refusalOf(status: number | null): string | null {
  return isSuccess(status) ? null : `The receiver answered ${status}.`;
}

function isSuccess(status: number | null): boolean {
  return status !== null && status >= 200 && status < 300;
}
