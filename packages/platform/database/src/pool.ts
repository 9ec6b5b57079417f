import type { EventEmitter } from "node:events";
import { outageOf } from "@sallyport/outage";
import { Client, Pool, type PoolClient, type PoolConfig } from "pg";

/** A connection that is in use for so long makes us ask whether the server is still there. */
const SUSPICIOUS_MS = 5_000;
const LOOK_EVERY_MS = 2_500;
const PROBE_MS = 5_000;

/**
 * A pool that outlives its server. A connection that breaks in use is heard (its statements fail; an `error` event that
 * nobody listens to would end the process), one to a host that is gone is found out by keepalives, and one to a server
 * that is silent, by `watchPool`.
 */
export function openPool(config: PoolConfig, onIdleError: (error: Error) => void): Pool {
  const pool = new Pool({
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    ...config,
  });
  pool.on("error", onIdleError);
  pool.on("connect", ignoreConnectionErrors);
  return pool;
}

/** The connection's user gets the error from its statements. */
export function ignoreConnectionErrors(client: EventEmitter): void {
  client.on("error", () => undefined);
}

/**
 * Breaks the pool's connections when the server that they lead to is silent, gone, or has become a standby. What a live
 * server still works on, however long, is left alone. Returns what ends the watch.
 */
export function watchPool(pool: Pool): () => void {
  const open = new Set<PoolClient>();
  const inUseSince = new Map<PoolClient, number>();
  let probing = false;

  const breakAll = (reason: Error) => {
    for (const client of open) {
      socketOf(client).destroy(reason);
    }
  };
  pool.on("connect", (client) => open.add(client));
  pool.on("acquire", (client) => inUseSince.set(client, performance.now()));
  pool.on("release", (error, client) => {
    inUseSince.delete(client);
    // After a failover the other connections lead to the same standby; new ones, by the name, to the new primary.
    if (outageOf(error)?.kind === "read_only") {
      breakAll(error);
    }
  });
  pool.on("remove", (client) => {
    open.delete(client);
    inUseSince.delete(client);
  });

  const look = async () => {
    const now = performance.now();
    const suspects = [...inUseSince].flatMap(([client, since]) =>
      now - since > SUSPICIOUS_MS ? [client] : [],
    );
    if (probing || suspects.length === 0) {
      return;
    }
    probing = true;
    const all = [...open];
    try {
      const known = await askAnew(pool.options, all.map(processOf));
      if (known === undefined) {
        return;
      }
      const isLost = (client: PoolClient) => {
        const state = known.get(processOf(client));
        return state === undefined || (state === "idle" && suspects.includes(client));
      };
      for (const client of all.filter(isLost)) {
        socketOf(client).destroy(new Error("Connection terminated: no answer"));
      }
    } finally {
      probing = false;
    }
  };
  const timer = setInterval(() => void look(), LOOK_EVERY_MS).unref();
  return () => clearInterval(timer);
}

// Idle for a moment only: the answer may be on its way.
const STATES = `
  SELECT pid, CASE WHEN state = 'idle' AND state_change < now() - interval '2 seconds' THEN 'idle' ELSE 'busy' END AS state
  FROM pg_stat_activity WHERE pid = ANY($1::int[])`;

type State = "idle" | "busy";

/**
 * What the server itself, over a new connection, knows of our connections by their processes: nothing, where it does not
 * answer or is another one by now. Undefined where that cannot be told: it has no connection to spare, or there is a
 * pooling proxy in between, whose process numbers are its own.
 */
async function askAnew(
  options: PoolConfig,
  processes: readonly number[],
): Promise<ReadonlyMap<number, State> | undefined> {
  const client = new Client({ ...options, connectionTimeoutMillis: PROBE_MS, query_timeout: PROBE_MS });
  ignoreConnectionErrors(client);
  try {
    await client.connect();
    const own = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    if (own.rows[0]?.pid !== processOf(client)) {
      return undefined;
    }
    const { rows } = await client.query<{ pid: number; state: State }>(STATES, [processes]);
    return new Map(rows.map(({ pid, state }) => [pid, state]));
  } catch (error) {
    const kind = outageOf(error)?.kind;
    const isThere = kind === undefined || kind === "too_many_connections" || kind === "out_of_resources";
    return isThere ? undefined : new Map();
  } finally {
    void client.end(); // which a silent server would never answer
  }
}

// node-postgres has both, its types not.
interface Internals {
  readonly processID: number;
  readonly connection: { readonly stream: { destroy(reason?: Error): unknown } };
}

function internalsOf(client: object): Internals {
  return client as Internals;
}

/** Without a farewell, which a silent server would never answer. */
export function breakConnection(client: object): void {
  socketOf(client).destroy();
}

const processOf = (client: object) => internalsOf(client).processID;
const socketOf = (client: object) => internalsOf(client).connection.stream;
