import type { Database, Sql } from "@sallyport/database";
import { revokeSessions } from "@sallyport/sessions";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AppVisit } from "../testing/app-visit.ts";
import { startTestOp, type TestApp, type TestOp } from "../testing/op.ts";

let test: TestOp;
let app: TestApp;
let sessionId: string;
let cookie: string;
const processes: { close(): Promise<void> }[] = [];
beforeEach(async () => {
  test = await startTestOp();
  app = await test.addApp({ redirectUris: [`${test.url}/session/callback`] });
  sessionId = await test.signIn();
  const visit = new AppVisit(test, app);
  const { url } = await visit.follow(`${test.url}/session/start?return_to=/`);
  await visit.finish(url, sessionId);
  cookie = `sallyport-host-session=${visit.cookie("sallyport-host-session")}`;
});
afterEach(async () => {
  await Promise.all(processes.splice(0).map((one) => one.close()));
  await test.close();
});

/** Another process of the gateway, which counts what it asks PostgreSQL while it answers. */
async function startProcess() {
  let statements = 0;
  const sql: Sql = {
    query: (...statement) => {
      statements += 1;
      return test.database.sql.query(...statement);
    },
  };
  const database: Database = { ...test.database, sql };
  const served = await test.serveAnotherProcess({ database });
  processes.push(served);
  /** The status, and how many statements it took. */
  const verify = async (): Promise<[number, number]> => {
    const before = statements;
    const { status } = await fetch(`${served.url}/session/verify?audience=${app.clientId}`, {
      headers: { cookie },
    });
    return [status, statements - before];
  };
  // From when it follows what other processes end.
  await vi.waitFor(async () => expect(await verify()).toEqual([200, 0]), { timeout: 20_000 });
  return { url: served.url, verify };
}

const revoke = () =>
  test.database.transaction((sql) =>
    revokeSessions(
      sql,
      test.organization.id,
      { sessionIds: [sessionId] },
      { reason: "test", actor: { type: "system" }, now: new Date() },
    ),
  );
/** As another process would, which tells this one nothing but by the log. */
const elsewhere = (text: string, ...values: unknown[]) => test.database.sql.query(text, values);

describe("a browser's cookie", () => {
  it("is verified without a statement, however often", async () => {
    const { verify } = await startProcess();
    for (let n = 0; n < 20; n++) {
      expect(await verify()).toEqual([200, 0]);
    }
  });

  it("is dead at once in the process that ends the session", async () => {
    const { verify } = await startProcess();
    await revoke();
    expect(await verify()).toEqual([401, 1]);
  });

  it.each<[string, string, () => string]>([
    ["its session", "UPDATE sessions SET revoked_at = now() WHERE id = $1", () => sessionId],
    [
      "its member",
      "UPDATE memberships SET status = 'suspended' WHERE organization_id = $1",
      () => test.organization.id,
    ],
    ["its organization", "DELETE FROM organizations WHERE id = $1", () => test.organization.id],
  ])("is dead in every process, as soon as it is notified of the end of %s", async (_, statement, id) => {
    const [one, two] = [await startProcess(), await startProcess()];
    await elsewhere(statement, id());
    for (const { verify } of [one, two]) {
      await vi.waitFor(async () => expect((await verify())[0]).toBe(401), { timeout: 20_000 });
    }
  });

  it("of a process that hears of nothing any more is verified by statement, and so is dead at once", async () => {
    const { verify } = await startProcess();
    await elsewhere(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND query ~ 'pg_listening_channels|pg_current_snapshot'
         AND pid <> pg_backend_pid()`,
    );
    await vi.waitFor(async () => expect(await verify()).toEqual([200, 1]), { interval: 5, timeout: 20_000 });
  });

  it("does not open another application, also from memory", async () => {
    const { url, verify } = await startProcess();
    const other = await fetch(`${url}/session/verify?audience=${test.app.clientId}`, { headers: { cookie } });
    expect([other.status, await verify()]).toEqual([401, [200, 0]]);
  });
});
