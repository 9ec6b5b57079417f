import { type Database, openDatabase } from "@sallyport/database";
import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import { readOutbox, recordEvents } from "@sallyport/events";
import { createLogger } from "@sallyport/logging";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type RunningLoop, startLoop } from "../../loop.ts";
import { outboxLoop } from "./job.ts";

const log = createLogger({ level: "silent" });

let test: TestDatabase;
let running: RunningLoop[];
beforeEach(async () => {
  test = await createTestDatabase();
  running = [];
});
afterEach(async () => {
  await Promise.all(running.map((one) => one.stop()));
  await test.drop();
});

function start(database: Database): RunningLoop {
  const one = startLoop({ ...outboxLoop, everyMs: 10 }, { database }, log);
  running.push(one);
  return one;
}

const record = (name: string) =>
  recordEvents(test.database.sql, [
    {
      organizationId: null,
      type: "signing_key.rotated",
      actor: { type: "operator" },
      resource: { type: "signingKey", id: name },
      data: { immediately: false },
    },
  ]);

const names = async () =>
  (await readOutbox(test.database.sql, { after: 0, limit: 10 })).map(({ event }) => event.resource.id);

it("delivers what is recorded, again and again, also where several processes do it", async () => {
  start(test.database);
  start(test.database);
  await record("one");
  await vi.waitFor(async () => expect(await names()).toEqual(["one"]));
  await record("two");
  await vi.waitFor(async () => expect(await names()).toEqual(["one", "two"]));
});

it("goes on after failures, of which it logs the first", async () => {
  const errors = vi.spyOn(log, "error");
  const gone = openDatabase({ url: test.url.replace(/\/[^/]*$/, "/nowhere") });
  let tries = 0;
  const flaky: Database = {
    ...test.database,
    transaction: (work) => (tries++ < 3 ? gone : test.database).transaction(work),
  };
  start(flaky);
  await record("one");
  await vi.waitFor(async () => expect(await names()).toEqual(["one"]));
  expect(errors).toHaveBeenCalledTimes(1);
  await gone.close();
});

it("begins nothing anew once it is stopped", async () => {
  const one = start(test.database);
  await one.stop();
  const transactions = vi.spyOn(test.database, "transaction");
  await record("one");
  await one.stop();
  expect(transactions).not.toHaveBeenCalled();
  expect(await names()).toEqual([]);
});
