import { lockPeople } from "@sallyport/people";
import { expect, vi } from "vitest";
import type { TestApi } from "./api.ts";

/** Expects a call to wait for as long as the reconciler works on a batch of the organization, and to succeed then. */
export async function expectToWaitForReconciler(
  api: TestApi,
  organizationId: string,
  call: () => Promise<{ readonly status: number }>,
): Promise<void> {
  const { database } = api.deps;
  const waiting = async () => {
    const { rows } = await database.sql.query(
      "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
    );
    return rows.length;
  };
  let called: Promise<{ readonly status: number }> | undefined;
  await database.transaction(async (sql) => {
    await lockPeople(sql, organizationId);
    called = call();
    await vi.waitFor(async () => expect(await waiting()).toBe(1), { timeout: 5_000, interval: 10 });
  });
  expect((await called)?.status).toBeLessThan(300);
}
