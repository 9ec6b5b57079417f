import { expect, expectTypeOf, it } from "vitest";
import { defined } from "./defined.ts";

it("leaves out what is undefined, and nothing else that is falsy", () => {
  const fields = { a: undefined, b: null, c: 0, d: "", e: false, f: undefined, g: Number.NaN };
  expect(Object.entries(defined(fields))).toEqual([
    ["b", null],
    ["c", 0],
    ["d", ""],
    ["e", false],
    ["g", Number.NaN],
  ]);
});

it("keeps a name that an object has by inheritance an ordinary field", () => {
  const fields: Record<string, string | undefined> = JSON.parse('{"__proto__": "x", "constructor": "y"}');
  expect(Object.entries(defined(fields))).toEqual([
    ["__proto__", "x"],
    ["constructor", "y"],
  ]);
});

it("has a type in which only what could be undefined is optional", () => {
  const ip = "192.0.2.1" as string | undefined;
  expectTypeOf(defined({ id: 1, ip })).toEqualTypeOf<{ id: number } & { ip?: string }>();
});
