import type { Outbound, OutboundStream } from "@sallyport/outbound";
import { OutboundError } from "@sallyport/outbound";

export interface SendOptions {
  /** Default: POST. */
  readonly method?: "POST" | "PUT";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** For the whole exchange. */
  readonly timeoutMs: number;
  /** Most bytes of the answer's body that are read and kept. */
  readonly keepBytes: number;
  /** Ends it at once. */
  readonly signal?: AbortSignal;
}

/** What became of a request. */
export interface Exchange {
  /** Null: there was no answer. */
  readonly status: number | null;
  /** `Retry-After` of the answer. */
  readonly retryAfter: string | null;
  /** The beginning of the answer's body, as text that PostgreSQL stores; null where there was no answer. */
  readonly body: string | null;
  /** Why there was no answer, in words for whoever gave the URL. */
  readonly error: string | null;
  readonly durationMs: number;
  /** By `signal`: it says nothing of the receiver. */
  readonly interrupted: boolean;
}

/** Behind the head of an answer, its body has no longer than this to come: its status has said all that counts. */
const BODY_MS = 1_000;

/** Sends a request. Never throws: errors are returned. Neither a long nor a slow body turns a success into a failure. */
export async function send(outbound: Outbound, options: SendOptions): Promise<Exchange> {
  const { method = "POST", url, headers, body, timeoutMs, keepBytes, signal } = options;
  const began = performance.now();
  const ended = (result: Partial<Exchange> & Pick<Exchange, "status" | "error">): Exchange => ({
    retryAfter: null,
    body: null,
    interrupted: signal?.aborted === true,
    ...result,
    durationMs: Math.round(performance.now() - began),
  });
  try {
    const answer = await outbound.stream(url, {
      method,
      headers,
      body,
      timeoutMs,
      maxBytes: Number.MAX_SAFE_INTEGER, // the rest is never read
      signal: signal ?? null,
    });
    const retryAfter = answer.headers.get("retry-after");
    const kept = await beginningOf(answer, keepBytes);
    return ended({ status: answer.status, retryAfter, body: kept, error: null, interrupted: false });
  } catch (error) {
    const message = error instanceof OutboundError ? error.message : "The request could not be made.";
    return ended({ status: null, error: message });
  }
}

async function beginningOf(answer: OutboundStream, bytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  const timer = setTimeout(answer.cancel, BODY_MS);
  let size = 0;
  try {
    for await (const chunk of answer.body) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= bytes) {
        break;
      }
    }
  } catch {
    // What came until then is kept.
  } finally {
    clearTimeout(timer);
    if (size >= bytes) {
      answer.cancel();
    }
  }
  // PostgreSQL stores no NUL.
  return Buffer.concat(chunks).subarray(0, bytes).toString("utf8").replaceAll("\u0000", "\ufffd");
}
