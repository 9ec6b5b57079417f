import { setTimeout as sleep } from "node:timers/promises";
import { type Database, openDatabase } from "@sallyport/database";
import {
  type OwnPostgres,
  type StatementProxy,
  startOwnPostgres,
  startStatementProxy,
  startTcpProxy,
  type TcpProxy,
} from "@sallyport/database/testing";
import { startTestRedis, type TestRedis } from "@sallyport/queue/testing";
import { newEncryptionKey } from "@sallyport/secrets";
import { freePorts, type GatewayProcess, spawnGateway, temporaryFolder } from "../harness/process.ts";

/** A process of an installation, which may be killed and started again. */
export interface Part {
  readonly url: string;
  /** With SIGKILL: nothing is finished. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Nothing of it runs until it goes on (SIGSTOP, SIGCONT): a machine that stalls. */
  pause(): void;
  goOn(): void;
  isRunning(): boolean;
  /** Between it and PostgreSQL, where `steps` are asked for. */
  readonly statements: StatementProxy | undefined;
}

/** Gateways that take requests, workers apart from them, and servers of their own: everything may fail. */
export interface Installation {
  readonly postgres: OwnPostgres;
  /** Undefined: the queues are in PostgreSQL. */
  readonly redis: TestRedis | undefined;
  readonly rootKey: string;
  readonly encryptionKeys: string;
  readonly database: Database;
  readonly databaseUrl: string;
  readonly network: TcpProxy | undefined;
  readonly gateways: readonly Part[];
  readonly workers: readonly Part[];
  /** Gives Redis back, empty, at its old address. */
  restartRedis(): Promise<void>;
  stop(): Promise<void>;
}

export interface InstallationOptions {
  readonly gateways?: number;
  readonly workers?: number;
  readonly redis?: boolean;
  /** More of the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Gateways and workers reach PostgreSQL through a network that can fail. */
  readonly network?: boolean;
  /** Each process can be stopped between any two statements of its own. */
  readonly steps?: boolean;
}

export async function startInstallation(options: InstallationOptions = {}): Promise<Installation> {
  const postgres = await startOwnPostgres();
  let redis = options.redis === true ? await startTestRedis() : undefined;
  const folder = await temporaryFolder();
  const rootKey = "root-key-of-the-fault-tests-0123456789";
  const encryptionKeys = newEncryptionKey();
  const redisUrl = redis?.url;
  const network = options.network === true ? await startTcpProxy(postgres.port) : undefined;
  const proxies: StatementProxy[] = [];

  const part = async (roles: string): Promise<Part> => {
    const port = await freePorts();
    const url = `http://localhost:${port}`;
    const statements = options.steps === true ? await startStatementProxy(postgres.port) : undefined;
    if (statements !== undefined) {
      proxies.push(statements);
    }
    const reachable = new URL(postgres.url);
    reachable.port = String((statements ?? network ?? postgres).port);
    let current: GatewayProcess | undefined;
    const start = async () => {
      const started = spawnGateway({
        args: ["serve", "--roles", roles],
        env: {
          DATA_DIR: folder.path,
          DATABASE_URL: reachable.href,
          ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }),
          HOST: "127.0.0.1",
          PORT: String(port),
          PUBLIC_URL: url,
          SALLYPORT_ROOT_KEY: rootKey,
          SALLYPORT_ENCRYPTION_KEYS: encryptionKeys,
          RATE_LIMITS: "off",
          LOG_LEVEL: "warn",
          ...options.env,
        },
      });
      current = started;
      await readyAt(url, started);
    };
    await start();
    return {
      url,
      start,
      statements,
      pause: () => void current?.child.kill("SIGSTOP"),
      goOn: () => void current?.child.kill("SIGCONT"),
      isRunning: () => current?.child.exitCode === null && current.child.signalCode === null,
      kill: async () => {
        current?.child.kill("SIGKILL");
        await current?.exited;
      },
    };
  };

  const gateways: Part[] = [];
  const workers: Part[] = [];
  const database = openDatabase({ url: postgres.url });
  const stop = async () => {
    await Promise.all([...gateways, ...workers].map((each) => each.kill()));
    await database.close();
    await network?.close();
    await Promise.all(proxies.map((proxy) => proxy.close()));
    await redis?.stop();
    await postgres.remove();
    await folder.remove();
  };
  try {
    for (let n = 0; n < (options.gateways ?? 1); n++) {
      gateways.push(await part("broker,scim,admin"));
    }
    for (let n = 0; n < (options.workers ?? 1); n++) {
      workers.push(await part("reconciler"));
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    postgres,
    get redis() {
      return redis;
    },
    rootKey,
    encryptionKeys,
    database,
    databaseUrl: postgres.url,
    network,
    gateways,
    workers,
    restartRedis: async () => {
      redis = await startTestRedis({ port: Number(new URL(redisUrl ?? "").port) });
    },
    stop,
  };
}

async function readyAt(url: string, { exited, stderr, stdout }: GatewayProcess): Promise<void> {
  let ended = false;
  void exited.then(() => {
    ended = true;
  });
  for (;;) {
    const response = await fetch(`${url}/readyz`).catch(() => undefined);
    if (response?.status === 200) {
      return;
    }
    if (ended) {
      throw new Error(`The process ended before it was ready\n${stdout()}\n${stderr()}`);
    }
    await sleep(50);
  }
}
