import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { readApplicationCheck } from "@sallyport/application-checks";
import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import { createLogger } from "@sallyport/logging";
import { createOutbound, type Outbound } from "@sallyport/outbound";
import { createSecretBox, newEncryptionKey } from "@sallyport/secrets";
import { revokeSessions } from "@sallyport/sessions";
import { openSigningKeys, type SigningKeys } from "@sallyport/signing-keys";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { afterEach, beforeEach, expect, it } from "vitest";
import { addApplication, addSession } from "../../testing/sessions.ts";
import { createTenant, type Tenant } from "../../testing/tenant.ts";
import { type LogoutDeps, notifyApplications } from "./notify.ts";

const ISSUER = "https://sso.example.com";

/** An application's logout endpoint: what it was sent, and what it answers. */
interface Endpoint {
  readonly uri: string;
  readonly received: { type: string | undefined; token: string }[];
  answer: number;
  body?: string;
  readonly server: Server;
}

let test: TestDatabase;
let acme: Tenant;
let keys: SigningKeys;
let outbound: Outbound;
let clock: number;
let deps: LogoutDeps;
let endpoint: Endpoint;

async function startEndpoint(): Promise<Endpoint> {
  const received: Endpoint["received"] = [];
  const server = createServer((req, res) => {
    let body = "";
    req.on("data", (chunk) => {
      body += chunk;
    });
    req.on("end", () => {
      const token = new URLSearchParams(body).get("logout_token") ?? "";
      received.push({ type: req.headers["content-type"], token });
      res.writeHead(endpoint.answer).end(endpoint.body);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") {
    throw new Error("No port was assigned");
  }
  return { uri: `http://127.0.0.1:${address.port}/logout`, received, answer: 200, server };
}

beforeEach(async () => {
  test = await createTestDatabase();
  acme = await createTenant(test.database.sql, "acme");
  clock = Date.now();
  const now = () => new Date(clock);
  keys = await openSigningKeys({
    database: test.database,
    secrets: createSecretBox([newEncryptionKey()]),
    now,
  });
  outbound = createOutbound({ allow: ["127.0.0.0/8"], timeoutMs: 1_000 });
  deps = {
    database: test.database,
    log: createLogger({ level: "silent" }),
    issuer: ISSUER,
    now,
    signer: keys,
    outbound,
  };
  endpoint = await startEndpoint();
});

afterEach(async () => {
  await outbound.close();
  endpoint.server.close();
  await test.drop();
});

async function endedSession(uri: string | null = endpoint.uri) {
  const userId = await acme.addUser("ada@acme.example");
  const applicationId = await addApplication(test.database.sql, "wiki", uri);
  const sessionId = await addSession(test.database.sql, {
    organizationId: acme.id,
    userId,
    applicationIds: [applicationId],
  });
  await revokeSessions(
    test.database.sql,
    acme.id,
    { sessionIds: [sessionId] },
    { reason: "test", actor: { type: "system" }, now: new Date(clock) },
  );
  return { userId, applicationId, sessionId };
}

async function notice() {
  const { rows } = await test.database.sql.query<{ due_at: Date; attempts: number }>(
    "SELECT due_at, attempts FROM logout_notices",
  );
  const [row] = rows;
  return row === undefined ? null : { dueIn: row.due_at.getTime() - clock, attempts: row.attempts };
}

it("posts a signed logout token as the specification has it, and settles", async () => {
  const { userId, sessionId } = await endedSession();
  await notifyApplications(deps);
  expect(endpoint.received).toHaveLength(1);
  const { type, token } = endpoint.received[0] ?? { type: "", token: "" };
  expect(type).toBe("application/x-www-form-urlencoded");
  expect(decodeProtectedHeader(token).typ).toBe("logout+jwt");
  expect(await keys.verify(token, { typ: "logout+jwt", issuer: ISSUER })).not.toBeNull();
  const claims = decodeJwt(token);
  const iat = Math.floor(clock / 1000);
  expect(claims).toEqual({
    iss: ISSUER,
    aud: "wiki",
    sub: userId,
    sid: sessionId,
    iat,
    exp: iat + 120,
    jti: expect.any(String),
    events: { "http://schemas.openid.net/event/backchannel-logout": {} },
  });
  expect(await notice()).toBeNull();
  expect(await acme.auditTypes()).toEqual(["session.revoked", "application.logged_out"]);

  await notifyApplications(deps);
  expect(endpoint.received).toHaveLength(1); // once told, never again
});

it.each(["RS256", "ES256"])("signs by %s where the application's ID tokens are", async (alg) => {
  const { applicationId } = await endedSession();
  await test.database.sql.query("UPDATE applications SET id_token_signing_alg = $2 WHERE id = $1", [
    applicationId,
    alg,
  ]);
  await notifyApplications(deps);
  const token = endpoint.received[0]?.token ?? "";
  expect(decodeProtectedHeader(token)).toMatchObject({ typ: "logout+jwt", alg });
  expect(await keys.verify(token, { typ: "logout+jwt", issuer: ISSUER })).not.toBeNull();
});

it("tries again later what an application did not take, with a new token", async () => {
  await endedSession();
  endpoint.answer = 503;
  await notifyApplications(deps);
  expect(await notice()).toEqual({ dueIn: 10_000, attempts: 1 });
  await notifyApplications(deps);
  expect(endpoint.received).toHaveLength(1); // not yet due
  clock += 10_000;
  endpoint.answer = 204;
  await notifyApplications(deps);
  expect(await notice()).toBeNull();
  const [first, second] = endpoint.received.map(({ token }) => decodeJwt(token).jti);
  expect(first).not.toBe(second);
});

it("shows at once what an application answered, and tells of the first failure alone", async () => {
  const { applicationId, sessionId } = await endedSession();
  endpoint.answer = 400;
  endpoint.body = JSON.stringify({ error: "invalid_request", error_description: "expected\u001b RS256" });
  await notifyApplications(deps);
  clock += 10_000;
  await notifyApplications(deps);
  clock += 30_000;
  endpoint.answer = 200;
  await notifyApplications(deps);
  const { logoutDeliveries } = await readApplicationCheck(test.database.sql, applicationId);
  const refused = "The application answered 400: invalid_request: expected  RS256";
  expect(
    logoutDeliveries.map(({ attempt, status, outcome, reason }) => [attempt, status, outcome, reason]),
  ).toEqual([
    [1, 400, "failed", refused],
    [2, 400, "failed", refused],
    [3, 200, "answered", null],
  ]);
  expect(JSON.stringify(logoutDeliveries)).not.toContain(sessionId);
  expect(await acme.auditTypes()).toEqual([
    "session.revoked",
    "application.logout_delayed",
    "application.logged_out",
  ]);
});

it.each([
  ["<html>a page</html>", "The application answered 500."],
  ["{}", "The application answered 500."],
  [`{"error":"${"x".repeat(5_000)}"}`, `The application answered 500: ${"x".repeat(200)}`],
])("takes an application's words for what they are: %.30s", async (body, reason) => {
  const { applicationId } = await endedSession();
  Object.assign(endpoint, { answer: 500, body });
  await notifyApplications(deps);
  const { logoutDeliveries } = await readApplicationCheck(test.database.sql, applicationId);
  expect(logoutDeliveries).toMatchObject([{ status: 500, outcome: "failed", reason }]);
});

it("gives up after eight attempts over two hours, with an audit event", async () => {
  await endedSession("http://127.0.0.1:1/logout"); // nobody listens
  let attempts = 0;
  const began = clock;
  for (;;) {
    await notifyApplications(deps);
    attempts++;
    const left = await notice();
    if (left === null) {
      break;
    }
    clock += left.dueIn;
  }
  expect(attempts).toBe(8);
  expect(clock - began).toBe((10 + 30 + 60 + 300 + 900 + 1_800 + 3_600) * 1_000);
  const { rows } = await test.database.sql.query(
    "SELECT outcome, data FROM events WHERE type = 'application.logout_failed'",
  );
  expect(rows).toEqual([
    {
      outcome: "failure",
      data: expect.objectContaining({
        attempts: 8,
        reason: "127.0.0.1:1 could not be reached (ECONNREFUSED).",
      }),
    },
  ]);
});

it("sends one token of each notice, however many processes look", async () => {
  const userId = await acme.addUser("ada@acme.example");
  const applicationId = await addApplication(test.database.sql, "wiki", endpoint.uri);
  const silent = await addApplication(test.database.sql, "silent", null);
  for (let n = 0; n < 50; n++) {
    await addSession(test.database.sql, {
      organizationId: acme.id,
      userId,
      applicationIds: [applicationId, silent],
    });
  }
  await revokeSessions(
    test.database.sql,
    acme.id,
    { userIds: [userId] },
    { reason: "test", actor: { type: "system" }, now: new Date(clock) },
  );
  await Promise.all([notifyApplications(deps), notifyApplications(deps), notifyApplications(deps)]);
  const sessions = endpoint.received.map(({ token }) => decodeJwt(token).sid);
  expect(sessions).toHaveLength(50);
  expect(new Set(sessions).size).toBe(50);
});

it("takes up again, after its lease, what a process that died had taken", async () => {
  await endedSession();
  const dying = { ...deps, signer: { sign: () => Promise.reject(new Error("died")) } };
  await expect(notifyApplications(dying)).rejects.toThrow("died");
  await notifyApplications(deps);
  expect(endpoint.received).toHaveLength(0);
  clock += 30_000;
  await notifyApplications(deps);
  expect(endpoint.received).toHaveLength(1);
});

it("lets one application that hangs hold up no other", async () => {
  const hanging = createServer(() => undefined).listen(0, "127.0.0.1");
  await once(hanging, "listening");
  const address = hanging.address();
  if (address === null || typeof address === "string") {
    throw new Error("No port was assigned");
  }
  const userId = await acme.addUser("ada@acme.example");
  const slow = await addApplication(test.database.sql, "slow", `http://127.0.0.1:${address.port}/`);
  const quick = await addApplication(test.database.sql, "quick", endpoint.uri);
  await addSession(test.database.sql, { organizationId: acme.id, userId, applicationIds: [slow, quick] });
  await revokeSessions(
    test.database.sql,
    acme.id,
    { userIds: [userId] },
    { reason: "test", actor: { type: "system" }, now: new Date(clock) },
  );
  await notifyApplications(deps);
  hanging.closeAllConnections();
  hanging.close();
  expect(endpoint.received).toHaveLength(1);
  const { rows } = await test.database.sql.query("SELECT application_id FROM logout_notices");
  expect(rows).toEqual([{ application_id: slow }]);
});

it("does not bother an application that has no logout URI any more", async () => {
  await endedSession();
  await test.database.sql.query("UPDATE applications SET backchannel_logout_uri = NULL");
  await notifyApplications(deps);
  expect(await notice()).toBeNull();
});
