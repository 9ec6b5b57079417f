import { parseBoundedJson } from "@sallyport/bounded-json";
import { type Outbound, OutboundError } from "@sallyport/outbound";
import { SignalFailure } from "./failure.ts";

export type Asking = Pick<Outbound, "fetch">;

export interface Question {
  readonly method?: "GET" | "POST" | "DELETE";
  readonly url: string;
  /** Bearer token. */
  readonly token?: string;
  /** Sent as JSON; or as a form. */
  readonly body?: object | URLSearchParams;
  /** Of a client at its token endpoint: user name and password. */
  readonly basic?: string;
  /** Most bytes of the answer. Default 64 KiB. */
  readonly maxBytes?: number;
  /** Most values in it. Default 2,000. */
  readonly values?: number;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Statuses beside 2xx that are an answer, too. */
  readonly alsoTakes?: readonly number[];
}

export interface TransmitterAnswer {
  readonly status: number;
  /** Of JSON; undefined where there is none. */
  readonly body: unknown;
}

const MAX_BYTES = 64 * 1024;
const MAX_VALUES = 2_000;
const SHAPE = { depth: 16, names: 1_000 };
const TIMEOUT_MS = 10_000;

/** Asks a transmitter, or its token endpoint, through the SSRF-safe client; the answer is bounded. Throws `SignalFailure`. */
export async function askTransmitter(outbound: Asking, question: Question): Promise<TransmitterAnswer> {
  const { url, method = "GET", maxBytes = MAX_BYTES, values = MAX_VALUES, timeoutMs = TIMEOUT_MS } = question;
  const host = URL.canParse(url) ? new URL(url).host : "the transmitter";
  let response: Response;
  let text: string;
  try {
    const { body, signal = null } = question;
    const form = body instanceof URLSearchParams;
    response = await outbound.fetch(url, {
      ...{ method, maxBytes, timeoutMs, signal },
      headers: headersOf(question),
      body: body === undefined || form ? body : JSON.stringify(body),
    });
    text = await response.text();
  } catch (error) {
    if (error instanceof OutboundError) {
      throw new SignalFailure("transmitter_unreachable", error.message, { cause: error });
    }
    throw error;
  }
  const { status } = response;
  if (!response.ok && question.alsoTakes?.includes(status) !== true) {
    throw refusal(host, status, response.headers.get("retry-after"));
  }
  return { status, body: text === "" ? undefined : parsed(host, text, values) };
}

function headersOf({ token, basic, body }: Question): Record<string, string> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (token !== undefined) {
    headers.authorization = `Bearer ${token}`;
  }
  if (basic !== undefined) {
    headers.authorization = `Basic ${basic}`;
  }
  if (body !== undefined && !(body instanceof URLSearchParams)) {
    headers["content-type"] = "application/json";
  }
  return headers;
}

function refusal(host: string, status: number, retryAfter: string | null): SignalFailure {
  if (status === 401 || status === 403) {
    return new SignalFailure(
      "transmitter_unauthorized",
      `${host} does not take the credential (${status}). Give the stream another, with the right to manage and read it.`,
    );
  }
  if (status === 429 || status >= 500) {
    return new SignalFailure("transmitter_busy", `${host} answered ${status}.`, { retryAfter });
  }
  return new SignalFailure("transmitter_refused", `${host} answered ${status}.`);
}

function parsed(host: string, text: string, values: number): unknown {
  const json = parseBoundedJson(text, { values, ...SHAPE });
  if (!json.ok) {
    const what = json.excess === "malformed" ? "no JSON" : "more than it may hold";
    throw new SignalFailure("transmitter_invalid", `${host} answered with ${what}.`);
  }
  return json.value;
}
