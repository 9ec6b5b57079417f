import { afterEach, beforeEach, expect, it } from "vitest";
import { type Database, openDatabase } from "../database.ts";
import { type StatementProxy, type Stop, startStatementProxy } from "./statement-proxy.ts";
import { createTestDatabase, type TestDatabase } from "./test-database.ts";

let test: TestDatabase;
let proxy: StatementProxy;
let database: Database;

beforeEach(async () => {
  test = await createTestDatabase();
  const url = new URL(test.url);
  proxy = await startStatementProxy(Number(url.port));
  url.port = String(proxy.port);
  database = openDatabase({ url: url.href });
  await test.database.sql.query("CREATE TABLE notes (text text)");
});
afterEach(async () => {
  await database.close();
  await proxy.close();
  await test.drop();
});

const note = (text: string, name = "note") =>
  database.transaction((sql) => sql.query("INSERT INTO notes VALUES ($1)", [text], name));

async function notes(): Promise<string[]> {
  const { rows } = await test.database.sql.query<{ text: string }>("SELECT text FROM notes ORDER BY 1");
  return rows.map(({ text }) => text);
}

it("passes what is not meant", async () => {
  void proxy.stopAt({ statement: "another", at: "before" });
  await note("a");
  expect(await notes()).toEqual(["a"]);
  expect([...proxy.names]).toEqual(["note"]);
});

it.each([
  ["before", []],
  ["after", []],
  ["before commit", []],
  ["after commit", ["a"]],
] satisfies [Stop["at"], string[]][])("cuts the connection %s", async (at, left) => {
  const stopped = proxy.stopAt({ statement: "note", at });
  const noting = note("a");
  (await stopped).cut();
  await expect(noting).rejects.toThrow();
  expect(await notes()).toEqual(left);
  await note("b"); // once
  expect(await notes()).toEqual([...left, "b"]);
});

it.each(["before", "after", "before commit", "after commit"] as const)("lets it go on %s", async (at) => {
  const stopped = proxy.stopAt({ statement: /INSERT INTO notes/, at });
  const noting = note("a");
  const held = await stopped;
  expect(await notes()).toEqual(at === "after commit" ? ["a"] : []);
  held.resume();
  await noting;
  expect(await notes()).toEqual(["a"]);
});

it("counts the times, and not those that are taken back", async () => {
  const stopped = proxy.stopAt({ statement: "note", at: "before commit", nth: 2 });
  await note("a");
  const failing = database.transaction(async (sql) => {
    await sql.query("INSERT INTO notes VALUES ($1)", ["b"], "note");
    throw new Error("changed my mind");
  });
  await expect(failing).rejects.toThrow("changed my mind");
  const noting = note("c");
  (await stopped).cut();
  await expect(noting).rejects.toThrow();
  expect(await notes()).toEqual(["a"]);
});
