import { EmbeddedPostgresError } from "@sallyport/embedded-postgres";
import { type Outage, outageOf } from "@sallyport/outage";
import { SecretError } from "@sallyport/secrets";
import { UsageError } from "./command-line.ts";
import { ConfigurationError } from "./configuration.ts";
import { ListenError } from "./listener.ts";

/** What a person is told when Sallyport does not start: what happened and what to do, never a stack trace. */
export interface Failure {
  readonly message: string;
  /** 2: the command line or the configuration is wrong. 1: anything else. */
  readonly exitCode: 1 | 2;
}

export function explainFailure(error: unknown): Failure {
  if (error instanceof UsageError) {
    return { message: `${error.message} See sallyport --help.`, exitCode: 2 };
  }
  if (error instanceof ConfigurationError) {
    return { message: error.message, exitCode: 2 };
  }
  if (error instanceof ListenError || error instanceof SecretError) {
    return { message: error.message, exitCode: 1 };
  }
  if (error instanceof EmbeddedPostgresError) {
    return { message: [error.message, error.detail].filter(Boolean).join("\n"), exitCode: 1 };
  }
  return {
    message:
      explainPort(error) ??
      explainFile(error) ??
      explainDatabase(error) ??
      explainOutage(error) ??
      explainUnknown(error),
    exitCode: 1,
  };
}

// What node-postgres reports when it cannot connect: errno codes from the socket, SQLSTATE from the server.
const DATABASE_FAILURES: Readonly<Record<string, string>> = {
  ECONNREFUSED: "Nothing listens at the address in DATABASE_URL. Is PostgreSQL running there?",
  ENOTFOUND: "The host name in DATABASE_URL cannot be resolved. Check its spelling, and DNS.",
  EAI_AGAIN: "The host name in DATABASE_URL cannot be resolved at the moment. Check DNS.",
  ETIMEDOUT:
    "The PostgreSQL at DATABASE_URL does not answer. Check the address and the firewalls in between.",
  "28P01": "PostgreSQL refuses the password in DATABASE_URL.",
  "28000":
    "PostgreSQL refuses the user in DATABASE_URL. Check its pg_hba.conf, and whether it requires TLS (?sslmode=require).",
  "3D000": "The database that DATABASE_URL names does not exist. Create it first: CREATE DATABASE ...",
  "42501":
    "The user in DATABASE_URL may not change the schema. Grant it CREATE on the database and its schema.",
  "57P03": "PostgreSQL is starting up or shutting down. Try again in a moment.",
  "53300": "PostgreSQL has no connection left. Raise its max_connections, or lower DATABASE_POOL_SIZE.",
};

function explainDatabase(error: unknown): string | undefined {
  // Node wraps the failures of several addresses of one host.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  if (!(first instanceof Error) || !("code" in first) || typeof first.code !== "string") {
    return undefined;
  }
  return DATABASE_FAILURES[first.code];
}

const URL_VARIABLES: Readonly<Record<Outage["server"], string>> = {
  PostgreSQL: "DATABASE_URL",
  Redis: "REDIS_URL",
};

function explainOutage(error: unknown): string | undefined {
  const outage = outageOf(error);
  if (outage === undefined) {
    return undefined;
  }
  const { server, kind } = outage;
  return `${server}, at the address in ${URL_VARIABLES[server]}, is not available (${kind}). Is it running there?`;
}

/** Ports that services open by themselves: the demo's. */
function explainPort(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("port" in error) || !("syscall" in error)) {
    return undefined;
  }
  if (error.syscall !== "listen") {
    return undefined;
  }
  return new ListenError(Number(error.port), "code" in error ? String(error.code) : "unknown").message;
}

/** Only files have a path: the folder of the development secrets and the log. */
function explainFile(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("path" in error) || !("code" in error)) {
    return undefined;
  }
  return `${error.path} cannot be used (${error.code}). Give it to this user, or choose another folder in DATA_DIR.`;
}

function explainUnknown(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return `${text}\nThis should not happen; the log holds the details.`;
}
