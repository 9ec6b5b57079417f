import { type DestinationStream, type Logger, pino } from "pino";

export type { Logger };

export interface LoggerOptions {
  /** Least level that is written. Default "info". */
  readonly level?: string;
  /** Where the JSON lines go. Default: standard output. */
  readonly destination?: DestinationStream;
}

// Whatever object is logged, under whatever key: credentials, and the messages that carry people's data.
const SECRET_KEYS = [
  "authorization",
  "cookie",
  "password",
  "token",
  "clientSecret",
  "client_secret",
  "code",
  "codeVerifier",
  "SAMLResponse",
  "access_token",
  "refresh_token",
  "id_token",
  "privateKey",
];

/** The code that identifies the kind of an error: ECONNREFUSED, a SQLSTATE, or our own. An authorization code matches none of these. */
const ERROR_CODE = /^(?:[A-Z][A-Z0-9_]{2,39}|[0-9][0-9A-Z]{4}|[a-z]{2,20}(?:_[a-z]{2,20}){1,4})$/;

/** An error's `code` is kept out of the log with every other `code`; what can only be a kind is told as `errorCode`. */
function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) {
    return error;
  }
  const errorCode = "code" in error && ERROR_CODE.test(String(error.code)) ? error.code : undefined;
  return { ...pino.stdSerializers.err(error), errorCode };
}

/** Structured logs: one JSON object a line, with ids and codes, never with secrets or personal data. */
export function createLogger(options: LoggerOptions = {}): Logger {
  const config = {
    level: options.level ?? "info",
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: "[redacted]" },
    serializers: { err: serializeError },
  };
  return options.destination === undefined ? pino(config) : pino(config, options.destination);
}
