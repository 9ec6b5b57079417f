import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type Database, newId } from "@sallyport/database";
import { createTestDatabase } from "@sallyport/database/testing";
import { createLogger, type Logger } from "@sallyport/logging";
import { digestToken, newToken, tokenHint } from "@sallyport/secrets";
import express from "express";
import type { LaneLimits } from "../admission/lanes.ts";
import type { RateLimit } from "../admission/rate-limit.ts";
import { createScim } from "../scim.ts";

export interface TestDirectory {
  readonly id: string;
  readonly organizationId: string;
  readonly token: string;
  readonly url: string;
}

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came
  readonly body: any;
  readonly headers: Headers;
}

export interface TestScim {
  readonly database: Database;
  readonly url: string;
  /** The organizations that a reconcile was asked for, in order. */
  readonly reconciled: string[];
  /** What the server logged at level error. */
  readonly errors: string[];
  /** Resolves once so many requests more have come, and each got as far as it does without the database. */
  receives(count: number): Promise<void>;
  addDirectory(
    provider?: string,
    options?: { settings?: object; organizationId?: string },
  ): Promise<TestDirectory>;
  /** Another token of the directory. */
  addToken(directory: Pick<TestDirectory, "id" | "organizationId">): Promise<string>;
  /** Waits for the request log. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

/** The SCIM server over HTTP on a database of its own. */
export async function startScim(
  options: { rateLimit?: RateLimit | "off"; now?: () => Date; poolSize?: number; lanes?: LaneLimits } = {},
): Promise<TestScim> {
  const { database, drop } = await createTestDatabase({ poolSize: options.poolSize ?? 10 });
  const reconciled: string[] = [];
  const errors: string[] = [];
  const app = express();
  const server = await listen(app);
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  const scim = createScim({
    database,
    log: errorLog(errors),
    publicUrl: url,
    now: options.now ?? (() => new Date()),
    requestReconcile: (organizationId) => reconciled.push(organizationId),
    rateLimit: options.rateLimit ?? "off",
    // As many as several gateways have together: what meets in the database is to meet here.
    lanes: options.lanes ?? { perKey: 50, total: 50 },
  });
  let received = 0;
  app.use((_req, _res, next) => {
    received += 1;
    next();
  });
  app.use("/scim/v2", scim);
  return {
    database,
    url,
    reconciled,
    errors,
    receives: async (count) => {
      const all = received + count;
      while (received < all) {
        await sleep(5);
      }
      await sleep(5);
    },
    addDirectory: (provider, more) => addTestDirectory(database, url, provider, more),
    addToken: (directory) => addToken(database, directory),
    flush: () => scim.flush(),
    stop: async () => {
      await new Promise((resolve) => server.close(resolve).closeAllConnections());
      await scim.flush();
      await drop();
    },
  };
}

/** Sends one request to a directory: a body that is no string is sent as SCIM JSON. */
export async function send(
  directory: TestDirectory,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(encodeURI(directory.url + path), {
    method,
    headers: {
      authorization: `Bearer ${directory.token}`,
      ...(body === undefined ? {} : { "content-type": "application/scim+json; charset=utf-8" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    body: text === "" ? undefined : JSON.parse(text),
    headers: response.headers,
  };
}

/** Adds a directory with a token, as the management API does. */
export async function addTestDirectory(
  database: Database,
  url: string,
  provider = "strict",
  { settings = {}, organizationId = newId() }: { settings?: object; organizationId?: string } = {},
): Promise<TestDirectory> {
  const id = newId();
  await database.prisma.organization.upsert({
    where: { id: organizationId },
    create: { id: organizationId, slug: organizationId, name: "Acme" },
    update: {},
  });
  await database.prisma.directory.create({
    data: { id, organizationId, provider, name: provider, settings },
  });
  const token = await addToken(database, { id, organizationId });
  return { id, organizationId, token, url: `${url}/scim/v2/${id}` };
}

async function addToken(
  database: Database,
  { id, organizationId }: Pick<TestDirectory, "id" | "organizationId">,
): Promise<string> {
  const token = newToken("scim");
  const digest = new Uint8Array(digestToken(token));
  await database.prisma.directoryToken.create({
    data: { id: newId(), organizationId, directoryId: id, digest, hint: tokenHint(token) },
  });
  return token;
}

function listen(app: express.Express): Promise<Server> {
  return new Promise((resolve) => {
    const server = app.listen(0, "localhost", () => resolve(server));
  });
}

function errorLog(errors: string[]): Logger {
  return createLogger({ level: "error", destination: { write: (line) => void errors.push(line) } });
}
