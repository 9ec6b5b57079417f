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

/** Structured logs: one JSON object a line, with ids and codes, never with secrets or personal data. */
export function createLogger(options: LoggerOptions = {}): Logger {
  const config = {
    level: options.level ?? "info",
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: "[redacted]" },
  };
  return options.destination === undefined ? pino(config) : pino(config, options.destination);
}
