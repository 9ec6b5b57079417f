import { join } from "node:path";
import { migrate, openDatabase, pendingMigrations } from "@sallyport/database";
import { type EmbeddedPostgresError, startEmbeddedPostgres } from "@sallyport/embedded-postgres";
import type { Logger } from "@sallyport/logging";
import { createOutbound } from "@sallyport/outbound";
import { openQueues } from "@sallyport/queue";
import { createSecretBox } from "@sallyport/secrets";
import { createApp } from "./app.ts";
import type { Configuration } from "./configuration.ts";
import { startDemo } from "./demo.ts";
import { createHealth, NotReady } from "./health.ts";
import { openLevels } from "./levels.ts";
import { listen } from "./listener.ts";
import { adoptMessageTypes } from "./message-types.ts";
import { createMetrics, type MetricsAccess } from "./metrics.ts";
import { openRooms } from "./rooms.ts";
import { Teardown } from "./teardown.ts";

export interface RunningGateway {
  /** Its origin, as browsers, IdPs and SCIM clients know it. */
  readonly url: string;
  /** The page of the demo app, where the demo runs. */
  readonly demoUrl: string | undefined;
  /**
   * Answers what is under way, lets workers finish their jobs, then closes everything. Resolves to whether all of that
   * went well. May be called more than once.
   */
  stop(): Promise<boolean>;
}

export interface GatewayOptions {
  readonly log: Logger;
  /** Default: the system's clock. */
  readonly now?: () => Date;
  /** The embedded PostgreSQL ended by itself: nothing works any more. */
  readonly onFatal?: (error: EmbeddedPostgresError) => void;
}

/** How long requests under way may take to finish after `stop`. */
const DRAIN_MS = 15_000;

/** Starts every room of `configuration.roles` in this process. Nothing is left running when it throws. */
export async function startGateway(
  configuration: Configuration,
  options: GatewayOptions,
): Promise<RunningGateway> {
  const teardown = new Teardown(options.log);
  try {
    return await start(configuration, options, teardown);
  } catch (error) {
    await teardown.run();
    throw error;
  }
}

async function start(
  configuration: Configuration,
  options: GatewayOptions,
  teardown: Teardown,
): Promise<RunningGateway> {
  const { log, now = () => new Date() } = options;
  const listener = await listen(configuration);
  teardown.add("listener", () => listener.close(0));
  const publicUrl = configuration.publicUrl ?? `http://localhost:${listener.port}`;

  const databaseUrl = configuration.databaseUrl ?? (await startDatabase(configuration, options, teardown));
  const migrated = await migrate(databaseUrl);
  if (migrated.length > 0) log.info({ migrations: migrated }, "database migrated");
  const database = openDatabase({
    url: databaseUrl,
    poolSize: configuration.databasePoolSize,
    onIdleError: (error) => log.warn({ err: error }, "a database connection broke"),
  });
  teardown.add("database", () => database.close());

  const secrets = createSecretBox(configuration.encryptionKeys);
  const queues = await openQueues({
    databaseUrl,
    log,
    ...(configuration.redisUrl === undefined ? {} : { redisUrl: configuration.redisUrl }),
  });
  teardown.add("queues", () => queues.close());

  const outbound = createOutbound({ allow: configuration.outboundAllow });
  teardown.add("outbound", () => outbound.close());
  const operatorOutbound = createOutbound({
    allow: configuration.outboundAllowOperator,
    variable: "OUTBOUND_ALLOW_OPERATOR",
  });
  teardown.add("operator outbound", () => operatorOutbound.close());

  const levels = openLevels({ redisUrl: configuration.redisUrl, log, now }, teardown);

  const rooms = await openRooms(
    { configuration, publicUrl, log, now, database, secrets, queues, outbound, operatorOutbound, levels },
    teardown,
  );

  let stopping: Promise<boolean> | undefined;
  const app = createApp({
    log,
    publicUrl,
    trustProxy: configuration.trustProxy,
    health: createHealth({
      isStopping: () => stopping !== undefined,
      checks: {
        database: async () => {
          const pending = await pendingMigrations(database.pool);
          if (pending.length > 0) throw new NotReady(`${pending.length} migrations not applied`);
        },
        queue: () => queues.ping(),
      },
    }),
    metrics: createMetrics({
      database,
      log,
      access: metricsAccess(configuration),
      queueCounts: () => queues.counts(),
    }),
    rooms,
  });
  adoptMessageTypes(app, listener.messageTypes);
  listener.serve(app);
  const demoUrl = configuration.demo
    ? await startDemo({ configuration, gatewayUrl: publicUrl, log }, teardown)
    : undefined;
  log.info({ url: publicUrl, roles: [...configuration.roles] }, "ready");

  const stop = async () => {
    log.info("stopping");
    const drained = await listener.close(DRAIN_MS);
    if (!drained) log.warn("requests were cut off: they took longer than 15 seconds");
    return (await teardown.run()) && drained;
  };
  return {
    url: publicUrl,
    demoUrl,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

async function startDatabase(
  { dataDir }: Configuration,
  { log, onFatal }: GatewayOptions,
  teardown: Teardown,
): Promise<string> {
  const postgres = await startEmbeddedPostgres({
    dataDir: join(dataDir, "postgres"),
    log: (line) => log.debug({ line }, "postgres"),
  });
  teardown.add("embedded PostgreSQL", () => postgres.stop());
  void postgres.ended.then((error) => {
    if (error !== undefined) onFatal?.(error);
  });
  return postgres.url;
}

// What a production gateway counts is nobody's business unless the operator says so.
function metricsAccess({ metricsToken, mode }: Configuration): MetricsAccess {
  if (metricsToken !== undefined) return { token: metricsToken };
  return mode === "development" ? "open" : "closed";
}
