import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type Clickhouse,
  ClickhouseError,
  createClickhouse,
  migrateTable,
  type Table,
  tableVersion,
} from "./index.ts";
import { type ClickhouseReceiver, startClickhouseReceiver } from "./testing/index.ts";

const WITHIN = { timeoutMs: 5_000 };
const MAKE = `CREATE TABLE IF NOT EXISTS decisions (
    id UUID,
    version UInt64
  ) ENGINE = ReplacingMergeTree(version) ORDER BY id`;
const INDEX = "ALTER TABLE decisions ADD INDEX IF NOT EXISTS by_id id TYPE bloom_filter";
const first: Table = { name: "decisions", steps: [MAKE] };
const second: Table = { name: "decisions", steps: [MAKE, INDEX] };

let server: ClickhouseReceiver;
let clickhouse: Clickhouse;
beforeEach(async () => {
  server = await startClickhouseReceiver();
  clickhouse = open({});
});
afterEach(async () => {
  await clickhouse.close();
  await server.close();
});
const open = (change: { password?: string; url?: string }) =>
  createClickhouse({
    url: server.url,
    database: "audit",
    user: server.user,
    password: server.password,
    ...change,
  });

async function errorOf(work: Promise<unknown>): Promise<ClickhouseError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ClickhouseError)) {
    throw new Error("It was carried out");
  }
  return error;
}

describe("a table", () => {
  it("is made, and later has the steps that it lacks, each once", async () => {
    expect(await tableVersion(clickhouse, first, WITHIN)).toBeNull();
    expect(await migrateTable(clickhouse, first, WITHIN)).toBe(1);
    expect(await migrateTable(clickhouse, first, WITHIN)).toBe(0);
    expect(await tableVersion(clickhouse, first, WITHIN)).toBe(1);
    await clickhouse.insert("decisions", '{"id":"1","version":0}\n', WITHIN);
    expect(await migrateTable(clickhouse, second, WITHIN)).toBe(1);
    expect(server.comment("decisions")).toBe("Sallyport, version 2");
    expect(server.rows("decisions")).toEqual([{ id: "1", version: 0 }]);
    expect(server.statements.filter((statement) => statement === MAKE)).toHaveLength(1);
  });

  it("that a later version made is left as it is", async () => {
    await migrateTable(clickhouse, second, WITHIN);
    expect(await migrateTable(clickhouse, first, WITHIN)).toBe(0);
    expect(server.comment("decisions")).toBe("Sallyport, version 2");
  });

  it("whose migration was broken off anywhere, or whose comment was changed, is finished", async () => {
    await migrateTable(clickhouse, first, WITHIN);
    await clickhouse.run(INDEX, WITHIN); // and died before the comment
    expect(await migrateTable(clickhouse, second, WITHIN)).toBe(1);
    await clickhouse.run("ALTER TABLE decisions MODIFY COMMENT 'ours'", WITHIN);
    expect(await migrateTable(clickhouse, second, WITHIN)).toBe(2);
    expect(await tableVersion(clickhouse, second, WITHIN)).toBe(2);
  });

  it.each(["18.16.1", "24.7.6.8", "", "<html>"])("is not made on a server of version %j", async (version) => {
    server.version = version;
    const { message } = await errorOf(migrateTable(clickhouse, first, WITHIN));
    expect(message).toBe(`ClickHouse ${version} is too old: 24.8 or later is needed.`);
    expect(server.rows("decisions")).toBeNull();
  });

  it.each(["24.8.4.1", "24.10", "26.9.2.1"])("is made on a server of version %s", async (version) => {
    server.version = version;
    expect(await migrateTable(clickhouse, first, WITHIN)).toBe(1);
  });
});

describe("what went wrong", () => {
  it("is told by what the server says of a statement", async () => {
    const error = await errorOf(clickhouse.run("SELEKT", WITHIN));
    expect(error).toMatchObject({ message: "ClickHouse answered 400", status: 400, interrupted: false });
    expect(error.answer).toContain("Code: 62.");
  });

  it("tells of an INSERT no value of the rows, which the server may repeat", async () => {
    await migrateTable(clickhouse, first, WITHIN);
    const error = await errorOf(clickhouse.insert("decisions", '{"Ada Lovelace":"x"}\n', WITHIN));
    expect(error).toMatchObject({
      message: "ClickHouse answered 400 to an INSERT into decisions",
      answer: "code 117 (INCORRECT_DATA)",
    });
    server.answer = [502, "<html>Ada Lovelace</html>"];
    expect((await errorOf(clickhouse.insert("decisions", "{}\n", WITHIN))).answer).toBe("no reason was told");
  });

  it("never names the password", async () => {
    const wrong = open({ password: "s3cret" });
    const error = await errorOf(wrong.run("SELECT version()", WITHIN));
    expect(error).toMatchObject({ status: 403, answer: expect.stringContaining("AUTHENTICATION_FAILED") });
    await wrong.close();
    const nowhere = open({ password: "s3cret", url: "http://127.0.0.1:1" });
    const refused = await errorOf(nowhere.run("SELECT version()", WITHIN));
    expect(refused).toMatchObject({ status: null, message: expect.stringContaining("could not be reached") });
    expect(`${error.answer}${error.stack}${refused.stack}`).not.toContain("s3cret");
    await nowhere.close();
  });

  it("is a success whose answer was lost, a redirect, a server that hangs, and our own end", async () => {
    server.answer = "lost";
    expect((await errorOf(clickhouse.run("SELECT version()", WITHIN))).status).toBeNull();
    server.answer = [302, ""];
    expect((await errorOf(clickhouse.run("SELECT version()", WITHIN))).message).toContain("redirect");
    server.answer = "hang";
    expect((await errorOf(clickhouse.run("SELECT version()", { timeoutMs: 20 }))).message).toContain("20 ms");
    const signal = AbortSignal.abort();
    expect((await errorOf(clickhouse.run("SELECT version()", { ...WITHIN, signal }))).interrupted).toBe(true);
  });

  it("does not have it read an endless answer", async () => {
    server.answer = [500, "x".repeat(5_000_000)];
    expect((await errorOf(clickhouse.run("SELECT version()", WITHIN))).answer).toHaveLength(300);
  });
});
