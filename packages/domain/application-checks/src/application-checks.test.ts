import { newId } from "@sallyport/database";
import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import { createLogger } from "@sallyport/logging";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  type AuthorizationRequestNote,
  createCheckRecorder,
  type LogoutDelivery,
  readApplicationCheck,
  recordLogoutDeliveries,
} from "./index.ts";

let test: TestDatabase;
const lines: string[] = [];
const log = createLogger({ destination: { write: (line) => lines.push(line) } });
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());

const NEVER_MS = 3_600_000;
const recorder = () => createCheckRecorder({ sql: test.database.sql, log, afterMs: NEVER_MS });
async function application() {
  const [id, clientId] = [newId(), newId()];
  await test.database.prisma.application.create({ data: { id, clientId, name: "Wiki" } });
  return { id, clientId };
}
const request = (more: Partial<AuthorizationRequestNote> = {}): AuthorizationRequestNote => ({
  at: "2030-01-01T00:00:00.000Z",
  redirectUri: "https://wiki.example/cb",
  responseType: "code",
  scope: "openid",
  prompt: null,
  codeChallengeMethod: "S256",
  refused: null,
  ...more,
});
const delivery = (attempt: number): LogoutDelivery => ({
  at: "2030-01-01T00:00:00.000Z",
  attempt,
  signingAlg: "RS256",
  status: 400,
  outcome: "failed",
  reason: "no",
});
const checkOf = (id: string) => readApplicationCheck(test.database.sql, id);

it("writes the last of each kind, of all applications, by one statement, and keeps what is not newer", async () => {
  const [one, two] = [await application(), await application()];
  const checks = recorder();
  const tokenError = {
    at: "2030-01-01T00:00:01.000Z",
    grantType: "refresh_token",
    error: "invalid_grant",
    reason: "x",
  };
  checks.request(one.clientId, request({ scope: "openid email" }));
  checks.request(one.clientId, request());
  checks.tokenError(two.clientId, tokenError);
  expect(await checkOf(one.id)).toEqual({ lastRequest: null, lastTokenError: null, logoutDeliveries: [] });
  await checks.flush();
  expect(await checkOf(one.id)).toEqual({
    lastRequest: request(),
    lastTokenError: null,
    logoutDeliveries: [],
  });
  checks.request(two.clientId, request());
  await checks.close();
  expect(await checkOf(two.id)).toMatchObject({ lastRequest: request(), lastTokenError: tokenError });
});

it("tells the same request again once a minute, and another one at once", async () => {
  const { id, clientId } = await application();
  const checks = recorder();
  const lastAt = async (at: string, more = {}) => {
    checks.request(clientId, request({ at, ...more }));
    await checks.flush();
    return (await checkOf(id)).lastRequest?.at;
  };
  expect(await lastAt("2030-01-01T00:00:00.000Z")).toBe("2030-01-01T00:00:00.000Z");
  expect(await lastAt("2030-01-01T00:00:59.000Z")).toBe("2030-01-01T00:00:00.000Z");
  expect(await lastAt("2030-01-01T00:01:00.000Z")).toBe("2030-01-01T00:01:00.000Z");
  expect(await lastAt("2030-01-01T00:01:01.000Z", { prompt: "none" })).toBe("2030-01-01T00:01:01.000Z");
});

it("keeps the last ten deliveries, the newest last, of many that come at once", async () => {
  const { id } = await application();
  const tell = (...attempts: number[]) =>
    recordLogoutDeliveries(
      test.database.sql,
      attempts.map((attempt) => ({ applicationId: id, delivery: delivery(attempt) })),
    );
  await tell(...Array.from({ length: 25 }, (_, n) => n));
  await tell(25, 26);
  const kept = (await checkOf(id)).logoutDeliveries.map(({ attempt }) => attempt);
  expect(kept).toEqual([17, 18, 19, 20, 21, 22, 23, 24, 25, 26]);
  await Promise.all(Array.from({ length: 20 }, (_, n) => tell(100 + n)));
  const after = (await checkOf(id)).logoutDeliveries.map(({ attempt }) => attempt);
  expect(after).toHaveLength(10);
  expect(Math.min(...after)).toBeGreaterThanOrEqual(100);
});

it("cuts what strangers write, and takes no control characters of theirs", async () => {
  const { id, clientId } = await application();
  const checks = recorder();
  checks.request(
    clientId,
    request({ scope: `a\u0000\u001b[31m${"x".repeat(10_000)}`, redirectUri: "\u202e" }),
  );
  await checks.flush();
  const { lastRequest } = await checkOf(id);
  expect(lastRequest?.scope).toMatch(/^a {2}\[31mx+$/);
  expect(lastRequest?.scope).toHaveLength(300);
  expect(lastRequest?.redirectUri).toBe(" ");
});

it("forgets with the application, and notes nothing of one that is none", async () => {
  const { id, clientId } = await application();
  const checks = recorder();
  checks.request(clientId, request());
  checks.request("nobody", request());
  await checks.flush();
  await recordLogoutDeliveries(test.database.sql, [{ applicationId: newId(), delivery: delivery(1) }]);
  await test.database.prisma.application.delete({ where: { id } });
  expect((await checkOf(id)).lastRequest).toBeNull();
  expect(lines).toEqual([]);
});

it("says so, and fails nobody, when nothing can be written", async () => {
  const sql = { ...test.database.sql, query: () => Promise.reject(new Error("full disk")) };
  const checks = createCheckRecorder({ sql, log, afterMs: NEVER_MS });
  checks.request("app", request());
  await checks.close();
  expect(lines.join()).toContain("full disk");
});
