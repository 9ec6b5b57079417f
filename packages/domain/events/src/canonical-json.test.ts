import fc from "fast-check";
import { expect, it } from "vitest";
import { canonicalJson } from "./canonical-json.ts";

it("writes the example of RFC 8785, 3.2.2 as 3.2.3 has it", () => {
  const value = JSON.parse(`{
    "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
    "string": "\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\"\\/",
    "literals": [null, true, false]
  }`);
  expect(canonicalJson(value)).toBe(
    `{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA'B\\"\\\\\\\\\\"/"}`,
  );
});

it("sorts names by UTF-16 units, as in the example of RFC 8785, 3.2.3", () => {
  const names = ["\u20ac", "\r", "\ufb33", "1", "\u{1f600}", "\u0080", "\u00f6"];
  const sorted = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\u{1f600}", "\ufb33"];
  const written = canonicalJson(Object.fromEntries(names.map((name) => [name, null])));
  expect(written).toBe(`{${sorted.map((name) => `${JSON.stringify(name)}:null`).join(",")}}`);
});

it("says the same of equal values, whatever the order of their members, and reads back", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      const written = canonicalJson(value);
      expect(canonicalJson(JSON.parse(written))).toBe(written);
      expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

it.each([undefined, Number.NaN, Number.POSITIVE_INFINITY, 1n, () => 1])("refuses %s", (value) => {
  expect(() => canonicalJson({ value })).toThrow();
});

it("refuses what is deeper than anything that is recorded, and does not run out of stack", () => {
  let deep: unknown = 1;
  for (let n = 0; n < 100_000; n++) {
    deep = [deep];
  }
  expect(() => canonicalJson(deep)).toThrow("Too deep");
});
