import { type Database, isId } from "@sallyport/database";
import { Problem, routePattern } from "@sallyport/http";
import type { Logger } from "@sallyport/logging";
import { outageOf, reportOutage } from "@sallyport/outage";
import type { Queues } from "@sallyport/queue";
import { digestToken, matchesDigest } from "@sallyport/secrets";
import { type Request, type RequestHandler, Router } from "express";
import { collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

export interface MetricsDeps {
  readonly database: Database;
  readonly queueCounts: Queues<never>["counts"];
  readonly log: Logger;
  readonly access: MetricsAccess;
}

/** Who may read `/metrics`: anyone, nobody, or who holds the token. */
export type MetricsAccess = "open" | "closed" | { readonly token: string };

export interface Metrics {
  /** Times every request. Mount it before the routes. */
  readonly observe: RequestHandler;
  /** `GET /metrics`, in the text format of Prometheus. */
  readonly router: Router;
}

export function createMetrics(deps: MetricsDeps): Metrics {
  // One registry a gateway: several may run in one process.
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const durations = new Histogram({
    name: "sallyport_http_request_duration_seconds",
    help: "Time from the request's head to the end of its answer",
    labelNames: ["method", "route", "status"] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  addPoolGauge(registry, deps.database);
  addQueueGauge(registry, deps);
  addReconcilerGauges(registry, deps);
  addStreamGauges(registry, deps);

  const router = Router();
  router.get("/metrics", async (req, res) => {
    authorize(req, deps.access);
    res.type(registry.contentType).send(await registry.metrics());
  });

  return {
    router,
    observe: (req, res, next) => {
      const end = durations.startTimer();
      res.once("close", () => {
        end({ method: req.method, route: routeLabel(req), status: String(res.statusCode) });
      });
      next();
    },
  };
}

// A label that carried ids would make a time series for each of them.
function routeLabel(req: Request): string {
  return routePattern(req)
    .split("/")
    .map((segment) => (isId(segment) ? ":id" : segment))
    .join("/");
}

function authorize(req: Request, access: MetricsAccess): void {
  if (access === "open") {
    return;
  }
  if (access === "closed") {
    throw new Problem(404, "metrics_off", "Metrics are off. The operator turns them on with METRICS_TOKEN.");
  }
  const [scheme, token] = (req.get("authorization") ?? "").split(" ");
  if (scheme?.toLowerCase() === "bearer" && token && matchesDigest(token, digestToken(access.token))) {
    return;
  }
  throw new Problem(401, "metrics_token_wrong", "Send METRICS_TOKEN as a bearer token.");
}

function addPoolGauge(registry: Registry, { pool }: Database): void {
  new Gauge({
    name: "sallyport_database_pool_connections",
    help: "Connections of the pool by state, and the callers that wait for one",
    labelNames: ["state"] as const,
    registers: [registry],
    collect() {
      this.set({ state: "idle" }, pool.idleCount);
      this.set({ state: "busy" }, pool.totalCount - pool.idleCount);
      this.set({ state: "awaited" }, pool.waitingCount);
    },
  });
}

function addQueueGauge(registry: Registry, { queueCounts, log }: MetricsDeps): void {
  new Gauge({
    name: "sallyport_queue_jobs",
    help: "Jobs by queue and state",
    labelNames: ["queue", "state"] as const,
    registers: [registry],
    async collect() {
      this.reset();
      try {
        for (const [queue, states] of Object.entries(await queueCounts())) {
          for (const [state, count] of Object.entries(states)) {
            this.set({ queue, state }, count);
          }
        }
      } catch (error) {
        // One source that is down must not hide what the others say.
        noteUnread(log, error, "queue depths could not be read");
      }
    },
  });
}

function noteUnread(log: Logger, error: unknown, what: string): void {
  const outage = outageOf(error);
  if (outage !== undefined) {
    reportOutage(log, outage, { metric: what });
  } else {
    log.warn({ err: error }, what);
  }
}

const DIRTY_ROWS = `
  SELECT count(DISTINCT id)::int AS rows, coalesce(extract(epoch FROM now() - min(marked_at)), 0)::float8 AS lag
  FROM (
    SELECT directory_user_id AS id, marked_at FROM dirty_directory_users
    UNION ALL
    SELECT directory_group_id, marked_at FROM dirty_directory_groups
  ) AS dirty`;

function addReconcilerGauges(registry: Registry, { database, log }: MetricsDeps): void {
  const rows = new Gauge({
    name: "sallyport_reconciler_dirty_rows",
    help: "Directory rows that the reconciler has yet to look at",
    registers: [registry],
  });
  new Gauge({
    name: "sallyport_reconciler_lag_seconds",
    help: "Age of the oldest of them; 0 when there is none",
    registers: [registry],
    async collect() {
      const result = await database.sql
        .query<{ rows: number; lag: number }>(DIRTY_ROWS)
        .catch((error: unknown) => {
          noteUnread(log, error, "reconciler lag could not be read");
          return undefined;
        });
      rows.set(result?.rows[0]?.rows ?? Number.NaN);
      this.set(result?.rows[0]?.lag ?? Number.NaN);
    },
  });
}

const GATEWAY_STREAMS = `
  SELECT id::text AS id, name, failing_since IS NOT NULL AS failing,
    greatest(0, (SELECT position FROM outbox_state) - position)::float8 AS lag
  FROM audit_streams WHERE organization_id IS NULL AND enabled`;

function addStreamGauges(registry: Registry, { database, log }: MetricsDeps): void {
  const add = (name: string, help: string, measure: (stream: StreamRow) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ["id", "name"] as const,
      registers: [registry],
      async collect() {
        this.reset();
        try {
          for (const row of (await database.sql.query<StreamRow>(GATEWAY_STREAMS)).rows) {
            this.set({ id: row.id, name: row.name }, measure(row));
          }
        } catch (error) {
          noteUnread(log, error, "the state of audit streams could not be read");
        }
      },
    });
  add(
    "sallyport_audit_stream_lag_events",
    "Events that an audit stream of all organizations' events, ClickHouse's among them, has yet to deliver",
    ({ lag }) => lag,
  );
  add(
    "sallyport_audit_stream_failing",
    "Whether the last attempt of an audit stream of all organizations' events failed: 1 or 0",
    ({ failing }) => (failing ? 1 : 0),
  );
}

interface StreamRow {
  readonly id: string;
  readonly name: string;
  readonly failing: boolean;
  readonly lag: number;
}
