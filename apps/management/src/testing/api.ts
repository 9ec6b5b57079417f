import type { AddressInfo } from "node:net";
import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import { createLogger } from "@sallyport/logging";
import { createOutbound } from "@sallyport/outbound";
import { createSecretBox, digestToken, newEncryptionKey, newToken } from "@sallyport/secrets";
import { openSigningKeys } from "@sallyport/signing-keys";
import express from "express";
import type { z } from "zod";
import type { FailedJob, SigningKeyChanges } from "../deps.ts";
import {
  createEventWatch,
  createManagementApi,
  createRequestWatch,
  type ManagementApiDeps,
} from "../index.ts";
import { createDocumentCheck, type DocumentCheck, type OpenApi } from "./document.ts";
import { signedInPeople } from "./people.ts";
import { CHANGE } from "./world.ts";

/** Stands in where the API is only asked what it offers. */
export const DECLARED: SigningKeyChanges = {
  rotate: () => Promise.reject(new Error("Not here")),
  distrust: () => Promise.reject(new Error("Not here")),
};

/** An answer that was found to be as the document says. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
  /** `[status, code]` of a problem, `[status]` of anything else. */
  readonly outcome: readonly [number, string?];
  /** The body by its schema; throws when it is another. */
  as<Schema extends z.ZodType>(schema: Schema): z.output<Schema>;
}

export interface CallOptions {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Default: the root key. */
  readonly key?: string;
  /** Of somebody who is signed in to the console (`people`), in place of a key. */
  readonly cookie?: string;
}

/** The management API over real HTTP, on a database of its own. */
export interface TestApi {
  readonly url: string;
  readonly rootKey: string;
  readonly deps: ManagementApiDeps;
  readonly check: DocumentCheck;
  readonly clock: { now: Date };
  /** Organizations that the reconciler was asked to look at. */
  readonly reconciled: string[];
  /** The TXT records that there are, by name; an Error is thrown. */
  readonly dns: Map<string, string[][] | Error>;
  readonly logouts: { count: number };
  readonly erasures: { count: number };
  readonly log: string[];
  /** Of the queue `reconcile`, the only one. */
  readonly failedJobs: FailedJob[];
  /** Who is signed in to the console. */
  readonly people: ReturnType<typeof signedInPeople>["byCookie"];
  /** Where metadata is served: at first, that of `CHANGE`. */
  readonly idpMetadataUrl: string;
  readonly idp: { metadata: string };
  /** The issuer of a transmitter of Shared Signals. */
  readonly transmitter: string;
  /** Calls an operation by its id and checks that the document foresees the answer. */
  call(operationId: string, options?: CallOptions): Promise<Reply>;
  /** As when the process is about to stop: streams end. */
  stop(): void;
  close(): Promise<void>;
}

export async function startApi(): Promise<TestApi> {
  const test: TestDatabase = await createTestDatabase();
  const rootKey = newToken("sp_root");
  const clock = { now: new Date() };
  const reconciled: string[] = [];
  const dns = new Map<string, string[][] | Error>();
  const logouts = { count: 0 };
  const erasures = { count: 0 };
  const log: string[] = [];
  const failedJobs: FailedJob[] = [];
  const people = signedInPeople();
  const outbound = createOutbound({ allow: ["127.0.0.0/8", "::1/128"], timeoutMs: 2_000 });
  const secrets = createSecretBox([newEncryptionKey()]);
  const now = () => clock.now;
  const logger = createLogger({ destination: { write: (line) => log.push(line) } });
  const stopping = new AbortController();
  const deps: ManagementApiDeps = {
    database: test.database,
    secrets,
    log: logger,
    eventWatch: createEventWatch({ sql: test.database.sql, log: logger }),
    requestWatch: createRequestWatch({ sql: test.database.sql, log: logger, now }),
    stopping: stopping.signal,
    publicUrl: "https://sso.example.com",
    now,
    rootKeyDigest: digestToken(rootKey),
    outbound,
    resolveTxt: async (name) => {
      const found = dns.get(name) ?? Object.assign(new Error("no such name"), { code: "ENOTFOUND" });
      if (found instanceof Error) {
        throw found;
      }
      return found;
    },
    requestReconcile: (organizationId) => reconciled.push(organizationId),
    requestAuditVerification: () => undefined,
    requestLogout: () => {
      logouts.count += 1;
    },
    requestErasure: () => {
      erasures.count += 1;
    },
    queues: {
      counts: async () => ({ reconcile: { waiting: 1, active: 0, delayed: 2, failed: failedJobs.length } }),
      failures: async () => failedJobs,
      retry: async (queue) => (queue === "reconcile" ? failedJobs.splice(0).length : null),
    },
    consoleVisitors: people,
    signingKeys: await openSigningKeys({ database: test.database, secrets, now }),
  };
  const idp = { metadata: CHANGE.metadata };
  const app = express().use("/api", createManagementApi(deps));
  app.use(
    "/transmitter",
    transmitter(() => `${origin}/transmitter`),
  );
  app.get("/.well-known/ssf-configuration/transmitter", (_req, res) => {
    const issuer = `${origin}/transmitter`;
    const endpoints = ["configuration", "status", "verification"].map((name) => [
      `${name}_endpoint`,
      `${issuer}/${name}`,
    ]);
    res.json({ issuer, jwks_uri: `${issuer}/jwks`, ...Object.fromEntries(endpoints) });
  });
  app.get("/idp-metadata", (_req, res) => void res.type("xml").send(idp.metadata));
  const server = app.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const url = `${origin}/api`;
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as OpenApi;
  const check = createDocumentCheck(document);

  return {
    url,
    rootKey,
    deps,
    check,
    clock,
    reconciled,
    dns,
    logouts,
    erasures,
    log,
    failedJobs,
    people: people.byCookie,
    transmitter: `${origin}/transmitter`,
    idpMetadataUrl: `${origin}/idp-metadata`,
    idp,
    async call(operationId, { params = {}, query = {}, body, key = rootKey, cookie } = {}) {
      const operation = check.operation(operationId);
      const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) =>
        encodeURIComponent(params[name] ?? `missing-${name}`),
      );
      const search = new URLSearchParams(query).toString();
      const response = await fetch(`${url}/v1${path}${search === "" ? "" : `?${search}`}`, {
        method: operation.method.toUpperCase(),
        headers: {
          ...(cookie === undefined ? { authorization: `Bearer ${key}` } : { cookie }),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return readReply(response, operationId, check);
    },
    stop: () => stopping.abort(),
    async close() {
      stopping.abort();
      await new Promise((resolve) => server.close(resolve));
      await outbound.close();
      await test.drop();
    },
  };
}

export async function readReply(
  response: Response,
  operationId: string,
  check: DocumentCheck,
): Promise<Reply> {
  if (response.headers.get("content-type")?.startsWith("text/event-stream") === true) {
    await response.body?.cancel(); // it would not end
    check.response(operationId, response, undefined);
    const { status, headers } = response;
    return { status, headers, body: undefined, outcome: [status], as: (schema) => schema.parse(undefined) };
  }
  const text = await response.text();
  const isJson = /\bjson\b/.test(response.headers.get("content-type") ?? "");
  const body: unknown = text === "" ? undefined : isJson ? JSON.parse(text) : text;
  check.response(operationId, response, body);
  return {
    status: response.status,
    headers: response.headers,
    body,
    outcome: response.ok ? [response.status] : [response.status, codeOf(body)],
    as: (schema) => schema.parse(body),
  };
}

function codeOf(body: unknown): string {
  return typeof body === "object" && body !== null && "code" in body ? String(body.code) : "no code";
}

/** Makes streams and asks nothing; it sends no event. */
function transmitter(issuer: () => string) {
  const router = express.Router();
  let made = 0;
  router.post("/configuration", express.json(), (req, res) => {
    made += 1;
    const { delivery } = req.body as { delivery: { method: string; endpoint_url?: string } };
    const stream = { stream_id: `stream-${made}`, iss: issuer(), aud: "https://sso.example.com" };
    res.status(201).json({ ...stream, delivery: { endpoint_url: `${issuer()}/poll`, ...delivery } });
  });
  router.get("/status", (_req, res) => void res.json({ status: "enabled" }));
  router.post("/verification", (_req, res) => void res.status(204).end());
  return router;
}
