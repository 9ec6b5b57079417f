/** The servers that a gateway stands on. */
export type Server = "PostgreSQL" | "Redis";

/** Stable: in log lines and in `/readyz`. */
export type OutageKind =
  | "refused"
  | "unreachable"
  | "name_unresolved"
  | "no_answer"
  | "connection_lost"
  | "shutting_down"
  | "starting"
  | "too_many_connections"
  | "out_of_resources"
  | "read_only"
  | "failing_over"
  | "busy";

/** A server cannot do its work now, and will later: nothing is wrong with what was asked of it. */
export interface Outage {
  readonly server: Server;
  readonly kind: OutageKind;
}

/** An outage that no driver has an error for. */
export class Unavailable extends Error {
  readonly outage: Outage;

  constructor(outage: Outage, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "Unavailable";
    this.outage = outage;
  }
}

/** Whether an error says that PostgreSQL or Redis is away: who asked is told to come back, and nothing has to end. */
export function isUnavailable(error: unknown): boolean {
  return outageOf(error) !== undefined;
}

/**
 * The outage that an error means, from any driver (node-postgres, Prisma, ioredis, BullMQ over them); undefined
 * for every other error. The one place that knows their shapes.
 * @param from whose error it is, where the error itself does not tell: a broken socket looks alike everywhere
 */
export function outageOf(error: unknown, from: Server = "PostgreSQL"): Outage | undefined {
  if (error instanceof Unavailable) {
    return error.outage;
  }
  if (!(error instanceof Error)) {
    return undefined;
  }
  // Node tries each address of a name, and tells of all.
  if (error instanceof AggregateError && error.errors.length > 0) {
    return outageOf(error.errors[0], from);
  }
  if (PRISMA.test(error.name)) {
    return outageOfPrisma(error);
  }
  const code = codeOf(error);
  // A Unix socket whose server is not there; else it is a file.
  if (code === "ENOENT" && "syscall" in error && error.syscall === "connect") {
    return { server: from, kind: "refused" };
  }
  const kind = code === undefined ? undefined : (SYSTEM[code] ?? sqlState(code));
  if (kind !== undefined) {
    return { server: from, kind };
  }
  return outageByText(error, from);
}

// errno, from the socket and the look-up of names.
const SYSTEM: Readonly<Record<string, OutageKind>> = {
  ECONNREFUSED: "refused",
  ECONNRESET: "connection_lost",
  ECONNABORTED: "connection_lost",
  EPIPE: "connection_lost",
  ERR_STREAM_DESTROYED: "connection_lost",
  ERR_STREAM_WRITE_AFTER_END: "connection_lost",
  ENETDOWN: "unreachable",
  ENETUNREACH: "unreachable",
  EHOSTDOWN: "unreachable",
  EHOSTUNREACH: "unreachable",
  EADDRNOTAVAIL: "unreachable",
  ETIMEDOUT: "no_answer",
  ENOTFOUND: "name_unresolved",
  EAI_AGAIN: "name_unresolved",
  EAI_FAIL: "name_unresolved",
  EMFILE: "out_of_resources",
  ENFILE: "out_of_resources",
};

/** PostgreSQL manual, appendix A. */
const SQL_STATES: Readonly<Record<string, OutageKind>> = {
  "25006": "read_only", // read_only_sql_transaction: a standby, after a failover
  "25P03": "connection_lost", // idle_in_transaction_session_timeout
  "25P04": "busy", // transaction_timeout
  "53300": "too_many_connections",
  "55P03": "busy", // lock_not_available: lock_timeout
  "57014": "busy", // query_canceled: statement_timeout, or by hand
  "57P01": "shutting_down", // admin_shutdown
  "57P02": "shutting_down", // crash_shutdown
  "57P03": "starting", // cannot_connect_now
  "57P05": "connection_lost", // idle_session_timeout
  "58030": "out_of_resources", // io_error
};
const SQL_CLASSES: Readonly<Record<string, OutageKind>> = {
  "08": "connection_lost", // connection exception
  "53": "out_of_resources", // memory, disk, configured limits
};

function sqlState(code: string): OutageKind | undefined {
  return /^[0-9A-Z]{5}$/.test(code) ? (SQL_STATES[code] ?? SQL_CLASSES[code.slice(0, 2)]) : undefined;
}

/** What node-postgres, ioredis and Redis itself give no code. */
const TEXTS: readonly (readonly [text: RegExp, kind: OutageKind, server?: Server])[] = [
  [/^timeout exceeded when trying to connect$/, "busy", "PostgreSQL"], // every connection of the pool is taken
  [/^Connection terminated due to connection timeout$|^timeout expired$/, "no_answer", "PostgreSQL"],
  [/^Query read timeout$/, "no_answer", "PostgreSQL"],
  [/^Connection terminated/, "connection_lost", "PostgreSQL"],
  [
    /^Client (?:has encountered a connection error|was closed) and is not queryable/,
    "connection_lost",
    "PostgreSQL",
  ],
  [/^Reached the max retries per request limit/, "refused", "Redis"],
  [/^(?:Command timed out|connect ETIMEDOUT|Socket timeout)/, "no_answer", "Redis"],
  [/^(?:Connection is closed|Stream isn't writeable|Connection closed)/, "connection_lost", "Redis"],
  [
    /^(?:All sentinels are unreachable|Failed to refresh slots cache|None of startup nodes)/,
    "refused",
    "Redis",
  ],
  [/^(?:Cluster is ended|Cluster isn't ready)/, "connection_lost", "Redis"],
  [/^LOADING /, "starting", "Redis"],
  [/^READONLY /, "read_only", "Redis"],
  [/^(?:MASTERDOWN|CLUSTERDOWN|TRYAGAIN|NOREPLICAS|UNBLOCKED) /, "failing_over", "Redis"],
  [/^(?:OOM|MISCONF) /, "out_of_resources", "Redis"],
  [/^BUSY /, "busy", "Redis"],
  [/^ERR max number of clients reached/, "too_many_connections", "Redis"],
];

function outageByText({ message }: Error, from: Server): Outage | undefined {
  const found = TEXTS.find(([text]) => text.test(message));
  return found && { kind: found[1], server: found[2] ?? from };
}

const PRISMA = /^(?:PrismaClient|DriverAdapterError)/;

/** Prisma error reference: those of its codes that say nothing of the query. */
const PRISMA_CODES: Readonly<Record<string, OutageKind>> = {
  P1001: "refused",
  P1002: "no_answer",
  P1008: "no_answer",
  P1011: "connection_lost",
  P1017: "connection_lost",
  P2024: "busy",
  P2028: "busy", // a transaction that got no connection, or took too long
  P2037: "too_many_connections",
};

/** What its adapter for node-postgres makes of errors without a SQLSTATE. */
const PRISMA_KINDS: Readonly<Record<string, OutageKind>> = {
  DatabaseNotReachable: "refused", // or unreachable, or without an address: it does not say
  ConnectionClosed: "connection_lost",
  SocketTimeout: "no_answer",
  TooManyConnections: "too_many_connections",
};

/** Prisma keeps what the driver said in `cause`, or in `meta.driverAdapterError`. */
function outageOfPrisma(error: Error): Outage | undefined {
  const { meta, cause } = error as { meta?: unknown; cause?: unknown };
  const origin = isRecord(meta) ? (meta.driverAdapterError ?? cause) : cause;
  const driverError = isRecord(origin) && isRecord(origin.cause) ? origin.cause : origin;
  const state = isRecord(driverError) ? (driverError.originalCode ?? driverError.code) : undefined;
  const adapted = isRecord(driverError) ? driverError.kind : undefined;
  const kind =
    (typeof state === "string" ? (SYSTEM[state] ?? sqlState(state)) : undefined) ??
    (typeof adapted === "string" ? PRISMA_KINDS[adapted] : undefined) ??
    PRISMA_CODES[codeOf(error) ?? ""];
  if (kind !== undefined) {
    return { server: "PostgreSQL", kind };
  }
  return driverError === error ? undefined : outageOf(driverError);
}

function codeOf(error: Error): string | undefined {
  return "code" in error && typeof error.code === "string" ? error.code : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
