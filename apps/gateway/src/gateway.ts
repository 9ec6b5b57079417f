import { join } from "node:path";
import { type Database, migrate, openDatabase, pendingMigrations } from "@sallyport/database";
import { defined } from "@sallyport/defined";
import { lookUpByDns } from "@sallyport/delivery";
import type { Logger } from "@sallyport/logging";
import { onceAvailable, outageOf, reportOutage } from "@sallyport/outage";
import { createOutbound, type Lookup } from "@sallyport/outbound";
import { openQueues, type Queues } from "@sallyport/queue";
import { createSecretBox } from "@sallyport/secrets";
import { JOBS, type WorkerServices } from "@sallyport/worker";
import { createApp } from "./app.ts";
import type { Configuration } from "./configuration.ts";
import { type DemoPages, startDemo } from "./demo.ts";
import { keepEmbeddedDatabase } from "./embedded-database.ts";
import { explainFailure } from "./failure.ts";
import { createHealth, describeOutage, NotReady, type ReadinessCheck } from "./health.ts";
import { openLevels } from "./levels.ts";
import { type Listener, listen } from "./listener.ts";
import { adoptMessageTypes } from "./message-types.ts";
import { createMetrics, type MetricsAccess } from "./metrics.ts";
import { type Foundation, type Mount, openServices } from "./services.ts";
import { Teardown } from "./teardown.ts";

export interface RunningGateway {
  /** Its origin, as browsers, IdPs and SCIM clients know it. */
  readonly url: string;
  /** The pages of the demo, where it runs. */
  readonly demo: DemoPages | undefined;
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
  /** Resolves the names of whomever is called. Default: as the system does; for receivers of webhooks, by DNS alone. */
  readonly lookup?: Lookup;
  /** Told once for each reason why the start waits: what it waits for, and what to look at. */
  readonly onWaiting?: (message: string) => void;
  /** Ends the waiting: then the start fails with what it waited for. */
  readonly signal?: AbortSignal;
}

/** How long requests under way may take to finish after `stop`. */
const DRAIN_MS = 15_000;

/** How long a receiver of webhooks may take to answer. */
const DELIVERY_MS = 15_000;

/** Starts every service of `configuration.roles` in this process. Nothing is left running when it throws. */
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

  const databaseUrl = configuration.databaseUrl ?? (await startDatabase(configuration, log, teardown));
  const waiting = new AbortController();
  const base = {
    configuration,
    publicUrl,
    log,
    now,
    stopping: waiting.signal,
    ...defined({ lookup: options.lookup }),
  };
  const { database, queues, services } = await onceServersAnswer(configuration, options, listener, (opened) =>
    open(base, databaseUrl, opened).then((parts) => {
      teardown.adopt(opened);
      return parts;
    }),
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
          if (pending.length > 0) {
            throw new NotReady(`${pending.length} migrations not applied`);
          }
        },
        queue: () => queues.ping(),
        ...Object.fromEntries(services.flatMap(closedService)),
      },
    }),
    metrics: createMetrics({
      database,
      log,
      access: metricsAccess(configuration),
      queueCounts: () => queues.counts(),
    }),
    services,
  });
  adoptMessageTypes(app, listener.messageTypes);
  listener.serve(app);
  const demo = configuration.demo
    ? await startDemo({ configuration, gatewayUrl: publicUrl, log }, teardown)
    : undefined;
  log.info({ url: publicUrl, roles: [...configuration.roles] }, "ready");

  const stop = async () => {
    log.info("stopping");
    waiting.abort();
    const drained = await listener.close(DRAIN_MS);
    if (!drained) {
      log.warn("requests were cut off: they took longer than 15 seconds");
    }
    return (await teardown.run()) && drained;
  };
  return {
    url: publicUrl,
    demo,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

interface Opened {
  readonly database: Database;
  readonly queues: Queues<WorkerServices>;
  readonly services: readonly Mount[];
}

/** All that needs the servers. May be called again when it has failed and `teardown` was run. */
async function open(
  {
    lookup,
    ...base
  }: Pick<Foundation, "configuration" | "publicUrl" | "log" | "now" | "stopping"> &
    Pick<GatewayOptions, "lookup">,
  databaseUrl: string,
  teardown: Teardown,
): Promise<Opened> {
  const { configuration, log } = base;
  const migrated = await migrate(databaseUrl);
  if (migrated.length > 0) {
    log.info({ migrations: migrated }, "database migrated");
  }
  const database = openDatabase({
    url: databaseUrl,
    poolSize: configuration.databasePoolSize,
    onIdleError: (error) => {
      const outage = outageOf(error);
      if (outage !== undefined) {
        reportOutage(log, outage);
      } else {
        log.warn({ err: error }, "a database connection broke");
      }
    },
  });
  teardown.add("database", () => database.close());

  const secrets = createSecretBox(configuration.encryptionKeys);
  const queues = await openQueues({
    databaseUrl,
    jobs: JOBS,
    log,
    ...defined({ redisUrl: configuration.redisUrl }),
  });
  teardown.add("queues", () => queues.close());

  const outbound = createOutbound({ allow: configuration.outboundAllow, ...defined({ lookup }) });
  teardown.add("outbound", () => outbound.close());
  const operatorOutbound = createOutbound({
    allow: configuration.outboundAllowOperator,
    variable: "OUTBOUND_ALLOW_OPERATOR",
    ...defined({ lookup }),
  });
  teardown.add("operator outbound", () => operatorOutbound.close());

  const deliveryOutbound = createOutbound({
    allow: configuration.outboundAllow,
    timeoutMs: DELIVERY_MS,
    lookup: lookup ?? lookUpByDns(),
  });
  teardown.add("delivery outbound", () => deliveryOutbound.close());

  const levels = openLevels({ redisUrl: configuration.redisUrl, log, now: base.now }, teardown);
  const services = await openServices(
    { ...base, database, secrets, queues, outbound, operatorOutbound, deliveryOutbound, levels },
    teardown,
  );
  return { database, queues, services };
}

/** A start does not depend on who comes first: it waits for PostgreSQL and Redis, says so, and leaves nothing of each try. */
async function onceServersAnswer<Result>(
  { startupWaitSeconds }: Configuration,
  { log, onWaiting, signal }: GatewayOptions,
  listener: Listener,
  work: (teardown: Teardown) => Promise<Result>,
): Promise<Result> {
  const patience = new AbortController();
  const giveUp = () => patience.abort();
  const timer = setTimeout(giveUp, startupWaitSeconds * 1_000);
  signal?.addEventListener("abort", giveUp);
  const told = new Set<string>();
  const attempt = async () => {
    const teardown = new Teardown(log);
    try {
      return await work(teardown);
    } catch (error) {
      await teardown.run();
      throw error;
    }
  };
  return onceAvailable(attempt, {
    signal: patience.signal,
    onOutage: (outage, error) => {
      reportOutage(log, outage, { waiting: true });
      listener.waitsFor({ [outage.server === "Redis" ? "queue" : "database"]: describeOutage(outage) });
      const reason = `${explainFailure(error).message} Waiting for it, up to ${startupWaitSeconds} s.`;
      if (told.has(reason)) {
        return;
      }
      told.add(reason);
      onWaiting?.(reason);
    },
  }).finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", giveUp);
  });
}

async function startDatabase({ dataDir }: Configuration, log: Logger, teardown: Teardown): Promise<string> {
  const postgres = await keepEmbeddedDatabase(join(dataDir, "postgres"), log);
  teardown.add("embedded PostgreSQL", () => postgres.stop());
  return postgres.url;
}

function closedService({ closed }: Mount): [string, ReadinessCheck][] {
  return closed === undefined ? [] : [["signIn", () => Promise.reject(new NotReady(closed))]];
}

// What a production gateway counts is nobody's business unless the operator says so.
function metricsAccess({ metricsToken, mode }: Configuration): MetricsAccess {
  if (metricsToken !== undefined) {
    return { token: metricsToken };
  }
  return mode === "development" ? "open" : "closed";
}
