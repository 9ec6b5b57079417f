/**
 * Whoever has seen a root key and opened the console with it keeps a cookie when the operator changes the key. That cookie
 * must end with the key, at once and in every process, while people stay signed in.
 * CWE-613 (insufficient session expiration), NIST SP 800-57 part 1 §8.3 (what a revoked key protects ends with it).
 */

import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import { newEncryptionKey, newToken } from "@sallyport/secrets";
import { type Browser, createBrowser, createHttp } from "@sallyport/testing-browser";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestGateway, type TestGateway } from "../../harness/gateway.ts";
import { call, OWN, PUBLIC_URL } from "./site.ts";

const shared = { RATE_LIMITS: "off", SALLYPORT_ENCRYPTION_KEYS: newEncryptionKey() };
const [oldKey, newKey] = [newToken("sp_root"), newToken("sp_root")];
let testDatabase: TestDatabase;
/** Two processes with the old key, and one that was started anew. */
let old: TestGateway;
let neighbour: TestGateway;
let renewed: TestGateway;
/** The process that answers the browser. */
let serving: TestGateway;

beforeAll(async () => {
  testDatabase = await createTestDatabase({ poolSize: 2 });
  const start = (SALLYPORT_ROOT_KEY: string) =>
    startTestGateway({
      testDatabase,
      publicUrl: PUBLIC_URL,
      roles: ["admin"],
      env: { ...shared, SALLYPORT_ROOT_KEY },
    });
  [old, neighbour, renewed] = [await start(oldKey), await start(oldKey), await start(newKey)];
}, 60_000);
afterAll(async () => {
  for (const gateway of [old, neighbour, renewed]) {
    await gateway.stop();
  }
  await testDatabase.drop();
});

function newBrowser(): Browser {
  const { hostname } = new URL(PUBLIC_URL);
  const http = () => createHttp({ [hostname]: serving.port });
  return createBrowser({ ...http(), send: (url, sent) => http().send(url, sent) });
}

async function opened(gateway: TestGateway): Promise<Browser> {
  serving = gateway;
  const browser = newBrowser();
  const authorization = `Bearer ${gateway.rootKey}`;
  const { status } = await call(browser, "POST", "/console/session", { headers: { ...OWN, authorization } });
  expect(status).toBe(201);
  return browser;
}

async function reach(browser: Browser, gateway: TestGateway): Promise<number[]> {
  serving = gateway;
  const paths = ["/console/session", "/api/v1/organizations"];
  return Promise.all(paths.map(async (path) => (await call(browser, "GET", path)).status));
}

it("holds at every process that has the key it was opened with", async () => {
  const browser = await opened(old);
  expect(await reach(browser, neighbour)).toEqual([200, 200]);
  expect(await reach(await opened(renewed), renewed)).toEqual([200, 200]);
});

it("ends with the key: where another one holds, its cookie opens nothing", async () => {
  const browser = await opened(old);
  expect(await reach(browser, renewed)).toEqual([401, 401]);
  expect(await reach(await opened(renewed), old)).toEqual([401, 401]);
});

it("is never taken for a session by the token alone, as one from before it was bound to the key", async () => {
  const browser = await opened(old);
  const token = browser.cookies.value(PUBLIC_URL, "__Host-sallyport_console") ?? "";
  await testDatabase.database.sql.query(
    "UPDATE console_sessions SET digest = sha256($1::text::bytea) WHERE session_id IS NULL AND created_at = (SELECT max(created_at) FROM console_sessions)",
    [token],
  );
  for (const gateway of [old, renewed]) {
    expect(await reach(browser, gateway)).toEqual([401, 401]);
  }
});
