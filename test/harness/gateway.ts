import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Database } from "@sallyport/database";
import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import { defined } from "@sallyport/defined";
import { type Environment, ROLES, type Role, readConfiguration, startGateway } from "@sallyport/gateway";
import { createLogger } from "@sallyport/logging";
import type { Lookup } from "@sallyport/outbound";
import { newEncryptionKey, newToken } from "@sallyport/secrets";
import { freePorts } from "./process.ts";

export interface TestGatewayOptions {
  /** One to share with other gateways, or to find again; whoever made it drops it. Default: one of its own. */
  readonly testDatabase?: TestDatabase;
  /** Default: all. */
  readonly roles?: readonly Role[];
  /** URL of a Redis for the queues. Default: queues in PostgreSQL. */
  readonly redis?: string;
  /** Default: no demo. */
  readonly demo?: boolean;
  /** An https address that it is reached at, with something before it that ends TLS. Default: where it listens. */
  readonly publicUrl?: string;
  /** More of the environment, such as `{ OUTBOUND_ALLOW: "" }`. */
  readonly env?: Environment;
  /** Default: the system's clock. */
  readonly now?: () => Date;
  /** Resolves the names of whomever the gateway calls. Default: as without a test. */
  readonly lookup?: Lookup;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed JSON, or undefined where the answer has no body. */
  readonly body: unknown;
}

export interface TestGateway {
  readonly url: string;
  /** The port that it listens on itself. */
  readonly port: number;
  readonly demoUrl: string | undefined;
  readonly rootKey: string;
  /** Its DATA_DIR. */
  readonly dataDir: string;
  /** The gateway's own database, through a pool of the test's own. */
  readonly database: Database;
  /** Every line that was logged so far. */
  readonly logLines: readonly string[];
  /** Calls the management API, with the root key unless another is given; `path` is below `/api/v1`. */
  api(method: string, path: string, body?: unknown, key?: string): Promise<ApiAnswer>;
  /** Stops the gateway and drops its own database. Rejects when the stop was not clean. */
  stop(): Promise<void>;
}

/** The real gateway, in this process, on a free port and a fresh database. */
export async function startTestGateway(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const testDatabase = options.testDatabase ?? (await createTestDatabase());
  const dataDir = await mkdtemp(join(tmpdir(), "sallyport-gateway-"));
  const discard = async () => {
    if (options.testDatabase === undefined) {
      await testDatabase.drop();
    }
    await rm(dataDir, { recursive: true, force: true });
  };
  const rootKey = options.env?.SALLYPORT_ROOT_KEY ?? newToken("sp_root");
  const environment: Environment = {
    PORT: options.publicUrl === undefined ? "0" : String(await freePorts()),
    PUBLIC_URL: options.publicUrl,
    DATA_DIR: dataDir,
    DATABASE_URL: testDatabase.url,
    SALLYPORT_ROOT_KEY: rootKey,
    SALLYPORT_ENCRYPTION_KEYS: newEncryptionKey(),
    DEMO: options.demo === true ? "on" : "off",
    REDIS_URL: options.redis,
    ...options.env,
  };
  const configuration = readConfiguration(environment, {
    mode: "development",
    roles: new Set(options.roles ?? ROLES),
  });
  const logLines: string[] = [];
  const log = createLogger({ level: "debug", destination: { write: (line) => void logLines.push(line) } });
  const { now, lookup } = options;
  const gateway = await startGateway(configuration, { log, ...defined({ now, lookup }) }).catch(
    async (error: unknown) => {
      await discard();
      throw error;
    },
  );

  const port = Number(options.publicUrl === undefined ? new URL(gateway.url).port : environment.PORT);
  return {
    url: gateway.url,
    port,
    demoUrl: gateway.demo?.appUrl,
    rootKey,
    dataDir,
    database: testDatabase.database,
    logLines,
    api: (method, path, body, key = rootKey) =>
      callApi(`http://localhost:${port}/api/v1${path}`, key, method, body),
    stop: async () => {
      const clean = await gateway.stop();
      await discard();
      if (!clean) {
        throw new Error(`The gateway did not stop cleanly:\n${logLines.slice(-20).join("")}`);
      }
    },
  };
}

async function callApi(url: string, key: string, method: string, body: unknown): Promise<ApiAnswer> {
  const response = await fetch(url, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: /[/+]json\b/.test(response.headers.get("content-type") ?? "")
      ? JSON.parse(text)
      : text || undefined,
  };
}
