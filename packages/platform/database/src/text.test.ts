import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "./testing/index.ts";
import { cutText, storableJson } from "./text.ts";

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());

it.each([
  ["abc", 3, "abc"],
  ["abcd", 3, "abc"],
  ["ab🚀", 3, "ab"],
  ["ab🚀", 4, "ab🚀"],
  ["ab🚀d", 4, "ab🚀"],
  ["🚀", 1, ""],
  ["abc", 0, ""],
])("of %j, the first %i are %j", (text, max, cut) => {
  expect(cutText(text, max)).toBe(cut);
});

it("never cuts a character in two", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 20 }), fc.nat(25), (text, max) => {
      const cut = cutText(text, max);
      expect(text.startsWith(cut)).toBe(true);
      expect(cut.length).toBeLessThanOrEqual(max);
      expect(Buffer.from(cut).toString()).toBe(cut);
    }),
  );
});

it.each([
  ["a\0b", "a\ufffdb"],
  ["a\ud83db", "a\ufffdb"],
  ["\udc00", "\ufffd"],
  ["\\u0000", "\\u0000"],
  ["\\\0", "\\\ufffd"],
  ["🚀\u0001\n", "🚀\u0001\n"],
])("%j is stored as %j", async (value, stored) => {
  const json = storableJson(JSON.stringify({ value }));
  const { rows } = await test.database.sql.query<{ value: string }>("SELECT $1::jsonb ->> 'value' AS value", [
    json,
  ]);
  expect(rows[0]?.value).toBe(stored);
});

it("leaves nothing that PostgreSQL refuses", async () => {
  const unit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit, maxLength: 10 })), async (values) => {
      await test.database.sql.query("SELECT $1::jsonb", [storableJson(JSON.stringify(values))]);
    }),
    { numRuns: 200 },
  );
});
