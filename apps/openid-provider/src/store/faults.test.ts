import { afterAll, beforeAll, expect, it } from "vitest";
import { AppVisit } from "../testing/app-visit.ts";
import { startTestOp, type TestOp } from "../testing/op.ts";

let test: TestOp;
beforeAll(async () => {
  test = await startTestOp();
});
afterAll(() => test.close());

it("lets no code and no cookie out that could not be stored", async () => {
  const visit = new AppVisit(test);
  const key = visit.keyOf(await visit.start());
  const resume = await test.op.interactions.finish(key, { sessionId: await test.signIn() });
  await test.database.sql.query(
    "ALTER TABLE op_artifacts ADD CONSTRAINT full_disk CHECK (kind <> 'AuthorizationCode') NOT VALID",
  );
  const response = await visit.browser.get(resume);
  expect(response.status).toBe(500);
  expect(response.headers.get("location")).toBeNull();
  expect(response.headers.getSetCookie()).toEqual([]);
  const page = response.body;
  expect(page).toContain(response.headers.get("x-request-id"));
  expect(page).not.toContain("full_disk");
  expect(test.logLines.filter((line) => line.includes("full_disk"))).toHaveLength(1);
});

it("answers a lost database with server_error, and logs why", async () => {
  await test.database.sql.query("ALTER TABLE op_artifacts RENAME TO gone");
  const response = await fetch(`${test.url}/oauth2/token`, {
    method: "POST",
    body: new URLSearchParams({
      client_id: test.publicApp.clientId,
      grant_type: "refresh_token",
      refresh_token: "x",
    }),
  });
  expect([response.status, ((await response.json()) as { error: string }).error]).toEqual([
    500,
    "server_error",
  ]);
  expect(test.logLines.some((line) => line.includes('relation \\"op_artifacts\\" does not exist'))).toBe(
    true,
  );
});
