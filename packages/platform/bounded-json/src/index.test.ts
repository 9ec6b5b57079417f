import { expect, it } from "vitest";
import { parseBoundedJson } from "./index.ts";

const BOUNDS = { values: 10, depth: 3, names: 2 };

it.each([
  ["a document within all bounds", '{"a":[1,{"b":2}]}'],
  ["a list of as many as may be", `[${"1,".repeat(8)}1]`],
  ["a long text", JSON.stringify("x".repeat(1000))],
])("parses %s", (_, text) => {
  expect(parseBoundedJson(text, BOUNDS)).toEqual({ ok: true, value: JSON.parse(text) });
});

it.each([
  ["values", `[${"{},".repeat(1000)}{}]`],
  ["values", `{"a":"${",".repeat(100)}"}`], // counted, not parsed: a comma within a string is one
  ["depth", "[[[[]]]]"],
  ["names", '{"a":1,"b":2,"c":3}'],
  ["malformed", ""],
  ["malformed", '{"a":'],
] as const)("refuses %s: %s", (excess, text) => {
  expect(parseBoundedJson(text, BOUNDS)).toEqual({ ok: false, excess });
});
