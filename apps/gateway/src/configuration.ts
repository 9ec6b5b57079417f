import type { ClickhouseSettings } from "@sallyport/clickhouse";
import { defined } from "@sallyport/defined";
import type { RetentionBounds } from "@sallyport/erasure";
import type { AnchorSettings } from "@sallyport/worker";
import { z } from "zod";
import type { Role } from "./process-roles.ts";
import type { RateLimits } from "./rate-limit-settings.ts";
import { databaseUrl, encryptionKeys, environmentSchema, type Mode } from "./variables.ts";

/** Everything that the operator decides, parsed once. Holds secrets: never log it. */
export interface Configuration {
  readonly mode: Mode;
  readonly roles: ReadonlySet<Role>;
  /** 0: any free one. */
  readonly port: number;
  readonly host: string;
  /** An origin. Undefined: `http://localhost:<port>`, once the port is bound. */
  readonly publicUrl: string | undefined;
  /** Absolute. Holds the embedded PostgreSQL, development secrets and the development log. */
  readonly dataDir: string;
  /** Undefined: the embedded PostgreSQL. */
  readonly databaseUrl: string | undefined;
  readonly databasePoolSize: number;
  /** How long a start waits for PostgreSQL and Redis. */
  readonly startupWaitSeconds: number;
  /** Undefined: queues are kept in PostgreSQL. */
  readonly redisUrl: string | undefined;
  readonly rootKey: string;
  /** Newest first. */
  readonly encryptionKeys: readonly string[];
  /** CIDRs that URLs of tenants may lead to. */
  readonly outboundAllow: readonly string[];
  /** CIDRs that URLs of operators may lead to. */
  readonly outboundAllowOperator: readonly string[];
  readonly rateLimits: RateLimits;
  /** How long organizations may keep what. */
  readonly retentionBounds: RetentionBounds;
  /** How long a confidential application may use a refresh token again. */
  readonly refreshGraceSeconds: number;
  /** As Express' setting "trust proxy" takes it. */
  readonly trustProxy: boolean | number | string[];
  /** Origins whose pages may show the setup page in a frame. */
  readonly setupFrameAncestors: readonly string[];
  /** Where the last seals of the audit trail are written down. */
  readonly auditAnchors: AnchorSettings;
  /** How often each audit trail is verified by the clock. Undefined: never. */
  readonly auditVerifyHours: number | undefined;
  /** Where all events go as well. Undefined: nowhere. */
  readonly clickhouse: ClickhouseSettings | undefined;
  readonly metricsToken: string | undefined;
  readonly logLevel: string;
  readonly demo: boolean;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** One line for each variable that is missing or wrong. */
export class ConfigurationError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The configuration is not usable:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
    this.name = "ConfigurationError";
    this.problems = problems;
  }
}

/**
 * Parses the environment. An empty variable counts as unset: `docker compose` passes those on.
 * Throws `ConfigurationError`, which names every variable that is missing or wrong and holds no value.
 */
export function readConfiguration(
  environment: Environment,
  process: { readonly mode: Mode; readonly roles: ReadonlySet<Role> },
): Configuration {
  const values = parse(environmentSchema(process.mode), environment);
  return {
    ...process,
    port: values.PORT,
    host: values.HOST,
    publicUrl: values.PUBLIC_URL,
    dataDir: values.DATA_DIR,
    databaseUrl: values.DATABASE_URL,
    databasePoolSize: values.DATABASE_POOL_SIZE,
    startupWaitSeconds: values.STARTUP_WAIT_SECONDS,
    redisUrl: values.REDIS_URL,
    rootKey: values.SALLYPORT_ROOT_KEY,
    encryptionKeys: values.SALLYPORT_ENCRYPTION_KEYS,
    outboundAllow: values.OUTBOUND_ALLOW,
    outboundAllowOperator: values.OUTBOUND_ALLOW_OPERATOR,
    rateLimits: values.RATE_LIMITS,
    retentionBounds: values.RETENTION_BOUNDS,
    refreshGraceSeconds: values.REFRESH_GRACE_SECONDS,
    trustProxy: values.TRUST_PROXY,
    setupFrameAncestors: values.SETUP_FRAME_ANCESTORS,
    auditAnchors: anchorsOf(values),
    auditVerifyHours: values.AUDIT_VERIFY_HOURS === 0 ? undefined : values.AUDIT_VERIFY_HOURS,
    clickhouse: clickhouseOf(values),
    metricsToken: values.METRICS_TOKEN,
    logLevel: values.LOG_LEVEL,
    demo: values.DEMO === "on",
  };
}

type Values = z.output<ReturnType<typeof environmentSchema>>;

/** Variables of their own come before what the URL says. Throws `ConfigurationError` where they lack a URL. */
function clickhouseOf({
  CLICKHOUSE_URL: text,
  CLICKHOUSE_USER: user,
  CLICKHOUSE_PASSWORD: password,
}: Values): ClickhouseSettings | undefined {
  if (text === undefined) {
    if (user !== undefined || password !== undefined) {
      throw new ConfigurationError(["CLICKHOUSE_USER and CLICKHOUSE_PASSWORD need CLICKHOUSE_URL"]);
    }
    return undefined;
  }
  const url = new URL(text);
  return {
    url: url.origin,
    database: url.pathname.slice(1) || "default",
    user: user ?? (decoded(url.username) || "default"),
    password: password ?? decoded(url.password),
  };
}

/** Throws `ConfigurationError`, which does not repeat it. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new ConfigurationError([
      "CLICKHOUSE_URL has a % in its user or password that encodes nothing: write %25",
    ]);
  }
}

/** Throws `ConfigurationError` where a bucket is named without what it takes to write there. */
function anchorsOf(values: Values): AnchorSettings {
  const {
    AUDIT_ANCHOR_WEBHOOK: webhook,
    AUDIT_ANCHOR_S3: s3,
    AUDIT_ANCHOR_S3_ACCESS_KEY_ID: accessKeyId,
    AUDIT_ANCHOR_S3_SECRET_ACCESS_KEY: secretAccessKey,
  } = values;
  if (s3 !== undefined && (accessKeyId === undefined || secretAccessKey === undefined)) {
    throw new ConfigurationError([
      "AUDIT_ANCHOR_S3 needs AUDIT_ANCHOR_S3_ACCESS_KEY_ID and AUDIT_ANCHOR_S3_SECRET_ACCESS_KEY",
    ]);
  }
  return {
    everyMinutes: values.AUDIT_ANCHOR_MINUTES,
    ...defined({ file: values.AUDIT_ANCHOR_FILE }),
    ...(webhook === undefined
      ? {}
      : { webhook: { url: webhook, ...defined({ token: values.AUDIT_ANCHOR_WEBHOOK_TOKEN }) } }),
    ...(s3 === undefined || accessKeyId === undefined || secretAccessKey === undefined
      ? {}
      : {
          s3: {
            url: s3,
            region: values.AUDIT_ANCHOR_S3_REGION,
            accessKeyId,
            secretAccessKey,
            ...defined({ retentionDays: values.AUDIT_ANCHOR_S3_RETENTION_DAYS }),
          },
        }),
  };
}

export interface AuditAccess {
  readonly databaseUrl: string;
  readonly encryptionKeys: readonly string[] | undefined;
}

/** `DATABASE_URL` alone, for what needs nothing else. Throws `ConfigurationError`. */
export function readDatabaseUrl(environment: Environment): string {
  return parse(z.object({ DATABASE_URL: databaseUrl }), environment).DATABASE_URL;
}

/** The database, and the encryption keys where they are given: by them an audit key is known for ours. Throws `ConfigurationError`. */
export function readAuditAccess(environment: Environment): AuditAccess {
  const schema = z.object({
    DATABASE_URL: databaseUrl,
    SALLYPORT_ENCRYPTION_KEYS: encryptionKeys.optional(),
  });
  const values = parse(schema, environment);
  return { databaseUrl: values.DATABASE_URL, encryptionKeys: values.SALLYPORT_ENCRYPTION_KEYS };
}

function parse<Schema extends z.ZodType>(schema: Schema, environment: Environment): z.output<Schema> {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim()));
  const result = schema.safeParse(given);
  if (!result.success) {
    throw new ConfigurationError(describe(result.error));
  }
  return result.data;
}

function describe(error: z.ZodError): string[] {
  const byVariable = new Map<string, string>();
  for (const issue of error.issues) {
    const variable = String(issue.path[0]);
    if (!byVariable.has(variable)) {
      byVariable.set(variable, `${variable} ${issue.message}`);
    }
  }
  return [...byVariable.values()];
}
