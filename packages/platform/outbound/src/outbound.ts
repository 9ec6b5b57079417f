import { type LookupAddress, type LookupOptions, lookup } from "node:dns";
import { isIP } from "node:net";
import { Agent, type Dispatcher, request } from "undici";
import { type AddressPolicy, addressPolicy } from "./addresses.ts";
import { OutboundError, type OutboundErrorCode } from "./error.ts";
import { type Lookup, queueLookups } from "./look-ups.ts";

/** The one kind of client for URLs that others supply (invariant 8). */
export interface Outbound {
  /**
   * Fetches like `fetch`, but connects only to allowed addresses (checked on the very address that is dialled, so
   * DNS rebinding gains nothing), follows no redirect, decompresses nothing, and reads at most `maxBytes` within
   * `timeoutMs`.
   * Throws `OutboundError`. Fits where a library takes a custom fetch.
   */
  fetch(url: string | URL, init?: OutboundInit): Promise<Response>;
  /**
   * The same, for a body that is read piece by piece and never kept: it ends with an `OutboundError` as soon as it is too
   * large or too late.
   */
  stream(url: string | URL, init?: OutboundInit): Promise<OutboundStream>;
  close(): Promise<void>;
}

export interface OutboundInit {
  readonly method?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | Headers | undefined;
  readonly body?: string | Uint8Array | URLSearchParams | null | undefined;
  readonly signal?: AbortSignal | null | undefined;
  /** Most bytes of the answer's body. Default: the client's. */
  readonly maxBytes?: number | undefined;
  /** For the whole exchange, in milliseconds. Default: the client's. */
  readonly timeoutMs?: number | undefined;
}

export interface OutboundStream {
  readonly status: number;
  readonly headers: Headers;
  readonly body: AsyncIterable<Uint8Array>;
  /** Frees the connection, however far the body was read. */
  cancel(): void;
}

export interface OutboundOptions {
  /** CIDRs that may be contacted beside public addresses. Loopback among them also allows plain http to it. */
  readonly allow: readonly string[];
  /** Plain http to any of these, not to loopback alone: for a server that the environment names. Default: no. */
  readonly plainHttp?: boolean;
  /** The variable of the environment that `allow` comes from, as errors name it. Default: OUTBOUND_ALLOW. */
  readonly variable?: string;
  /** Default 5 seconds, for the whole exchange. */
  readonly timeoutMs?: number;
  /** Default 128 KiB. */
  readonly maxBytes?: number;
  /** Resolves names. Default: as the system does. */
  readonly lookup?: Lookup;
}

/** At once, to one origin; more wait for their turn, within their time. What is slow holds no more memory than this. */
const CONNECTIONS_OF_ORIGIN = 64;

/** Throws where `options.allow` names something that is no CIDR. */
export function createOutbound(options: OutboundOptions): Outbound {
  const { variable = "OUTBOUND_ALLOW" } = options;
  const { plainHttp = false } = options;
  const policy: Policy = { allowed: addressPolicy(options.allow, variable), variable, plainHttp };
  const timeoutMs = options.timeoutMs ?? 5_000;
  const maxBytes = options.maxBytes ?? 128 * 1024;
  const agent = new Agent({
    connections: CONNECTIONS_OF_ORIGIN,
    connect: {
      lookup: guardedLookup(policy, queueLookups(options.lookup ?? lookup, timeoutMs)),
      timeout: timeoutMs,
    },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    maxHeaderSize: 16 * 1024,
  });

  async function exchange<T>(
    target: string | URL,
    init: OutboundInit,
    use: (answer: Answer) => Promise<T> | T,
  ): Promise<T> {
    const url = checkUrl(target, policy);
    const timeLimit = init.timeoutMs ?? timeoutMs;
    const timeout = AbortSignal.timeout(timeLimit);
    const signal = init.signal ? AbortSignal.any([timeout, init.signal]) : timeout;
    const asOutboundError = (error: unknown) => toOutboundError(error, url, timeout.aborted, timeLimit);
    try {
      const answer = await request(url, {
        dispatcher: agent,
        method: (init.method ?? "GET") as Dispatcher.HttpMethod,
        headers: plainHeaders(init),
        body: init.body instanceof URLSearchParams ? init.body.toString() : (init.body ?? null),
        signal,
      });
      refuseUnasked(answer, url);
      return await use({ answer, body: bounded(answer, url, init.maxBytes ?? maxBytes, asOutboundError) });
    } catch (error) {
      throw asOutboundError(error);
    }
  }

  return {
    fetch: (target, init = {}) => exchange(target, init, toResponse),
    stream: (target, init = {}) =>
      exchange(target, init, ({ answer, body }) => ({
        status: answer.statusCode,
        headers: headersOf(answer),
        body,
        cancel: () => endEarly(answer),
      })),
    close: () => agent.close(),
  };
}

interface Answer {
  readonly answer: Dispatcher.ResponseData;
  readonly body: AsyncIterable<Uint8Array>;
}

function plainHeaders(init: OutboundInit): Record<string, string> {
  const headers: Record<string, string> = { "user-agent": "sallyport" };
  if (init.body instanceof URLSearchParams) {
    headers["content-type"] = "application/x-www-form-urlencoded";
  }
  const given = init.headers instanceof Headers ? init.headers.entries() : Object.entries(init.headers ?? {});
  for (const [name, value] of given) {
    headers[name.toLowerCase()] = value;
  }
  return headers;
}

// https anywhere; http for loopback alone, and only where the operator allows loopback; else where the client is for it.
function checkUrl(target: string | URL, policy: Policy): URL {
  let url: URL;
  try {
    url = new URL(target);
  } catch (cause) {
    throw new OutboundError("outbound_url_invalid", "The URL is malformed. Give an absolute https:// URL.", {
      cause,
    });
  }
  if (url.username !== "" || url.password !== "") {
    throw new OutboundError(
      "outbound_url_invalid",
      "The URL carries a user name or password. Leave them out.",
    );
  }
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const loopback = host === "localhost" || host === "127.0.0.1" || host === "::1";
  if (url.protocol !== "https:" && !(url.protocol === "http:" && (loopback || policy.plainHttp))) {
    throw new OutboundError(
      "outbound_scheme_refused",
      `The URL must use https, not ${url.protocol.slice(0, -1)}.`,
    );
  }
  // A literal address never reaches the resolver.
  if (isIP(host) !== 0 && !policy.allowed(host)) {
    throw addressRefused(host, policy);
  }
  return url;
}

interface Policy {
  readonly allowed: AddressPolicy;
  readonly variable: string;
  readonly plainHttp: boolean;
}

function addressRefused(host: string, { variable }: Policy): OutboundError {
  return new OutboundError(
    "outbound_address_refused",
    `${host} is not a public address. The operator may allow its network in ${variable}.`,
  );
}

type LookupCallback = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/** Resolves a name and hands over only if every address of it is allowed: one bad record condemns the name. */
function guardedLookup(policy: Policy, resolve: Lookup) {
  return (hostname: string, options: LookupOptions, callback: LookupCallback): void => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) {
        return callback(error, []);
      }
      const first = addresses[0];
      if (first === undefined || !addresses.every(({ address }) => policy.allowed(address))) {
        return callback(addressRefused(hostname, policy), []);
      }
      if (options.all === true) {
        return callback(null, addresses);
      }
      callback(null, first.address, first.family);
    });
  };
}

const NO_BODY = new Set([204, 205, 304]);

function refuseUnasked(answer: Dispatcher.ResponseData, url: URL): void {
  if (answer.statusCode >= 300 && answer.statusCode < 400 && answer.statusCode !== 304) {
    throw refused(
      answer,
      "outbound_redirect_refused",
      `${url.host} answered with a redirect. Give the final URL.`,
    );
  }
  // We ask for none. A few bytes of it can be gigabytes.
  const encoding = answer.headers["content-encoding"];
  if (encoding !== undefined && encoding !== "identity") {
    throw refused(
      answer,
      "outbound_encoding_refused",
      `${url.host} answered with a compressed body, which was not asked for. Have it sent as it is.`,
    );
  }
}

/** The body, up to `maxBytes`; errors while it is read are reported like those before. */
async function* bounded(
  answer: Dispatcher.ResponseData,
  url: URL,
  maxBytes: number,
  asOutboundError: (error: unknown) => OutboundError,
): AsyncGenerator<Uint8Array> {
  const tooLarge = `${url.host} answered with more than ${maxBytes} bytes.`;
  if (Number(answer.headers["content-length"] ?? 0) > maxBytes) {
    throw refused(answer, "outbound_too_large", tooLarge);
  }
  let size = 0;
  try {
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) {
        throw refused(answer, "outbound_too_large", tooLarge);
      }
      yield chunk;
    }
  } catch (error) {
    throw asOutboundError(error);
  }
}

async function toResponse({ answer, body }: Answer): Promise<Response> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) {
    chunks.push(chunk);
  }
  const content = NO_BODY.has(answer.statusCode) ? null : Buffer.concat(chunks);
  return new Response(content, { status: answer.statusCode, headers: headersOf(answer) });
}

function headersOf(answer: Dispatcher.ResponseData): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(answer.headers)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined) {
        headers.append(name, one);
      }
    }
  }
  return headers;
}

/** Nothing more is read: the connection ends. */
function refused(answer: Dispatcher.ResponseData, code: OutboundErrorCode, message: string): OutboundError {
  endEarly(answer);
  return new OutboundError(code, message);
}

function endEarly(answer: Dispatcher.ResponseData): void {
  answer.body.on("error", () => undefined); // that it was cut off, by us
  answer.body.destroy();
}

function toOutboundError(error: unknown, url: URL, timedOut: boolean, timeoutMs: number): OutboundError {
  if (error instanceof OutboundError) {
    return error;
  }
  if (timedOut) {
    return new OutboundError("outbound_timeout", `${url.host} did not answer within ${timeoutMs} ms.`, {
      cause: error,
    });
  }
  const reason = reasonOf(error);
  const why = reason === undefined ? "" : ` (${reason})`;
  return new OutboundError("outbound_failed", `${url.host} could not be reached${why}.`, {
    cause: error,
    reason,
  });
}

/** Node's code of an error, or of what caused it: of several addresses that were tried, the last one's. */
function reasonOf(error: unknown): string | undefined {
  const candidates = [];
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    candidates.push(cause, ...(cause instanceof AggregateError ? cause.errors : []));
  }
  return candidates
    .map((candidate) => (candidate instanceof Error && "code" in candidate ? candidate.code : undefined))
    .filter((code) => typeof code === "string")
    .findLast((code) => /^[A-Z][A-Z0-9_]*$/.test(code));
}
