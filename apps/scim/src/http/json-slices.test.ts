import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseJsonInSlices } from "./json-slices.ts";

const BOUNDS = { values: 1_000, depth: 10, names: 50 };

/** What comes of it, and in how many slices. */
function parse(text: string, bounds = BOUNDS, run = 12) {
  const work = parseJsonInSlices(text, bounds, run);
  for (let slices = 1; ; slices += 1) {
    const { done, value } = work.next();
    if (done !== true) {
      continue;
    }
    if (value.ok) {
      return { value: value.value, slices };
    }
    throw value.excess === "malformed" ? new SyntaxError() : new Error(value.excess);
  }
}

const outcome = (work: () => unknown) => {
  try {
    return { value: work() };
  } catch (error) {
    return { isSyntaxError: error instanceof SyntaxError };
  }
};

const name = fc.oneof(fc.string(), fc.constantFrom("__proto__", "constructor", "", "1", "a\\", '"', "}"));
const { json } = fc.letrec((tie) => ({
  json: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(
      fc.string(),
      fc.double({ noDefaultInfinity: true, noNaN: true }),
      fc.boolean(),
      fc.constant(null),
    ),
    fc.array(tie("json"), { maxLength: 6 }),
    fc.dictionary(name, tie("json"), { maxKeys: 6, noNullPrototype: true }),
  ),
}));
const indent = fc.constantFrom(undefined, 1, "\t");

describe("a text is made in slices of", () => {
  it("what JSON.parse makes of it", () => {
    fc.assert(
      fc.property(json, indent, (value, space) => {
        const text = JSON.stringify(value, undefined, space);
        expect(isDeepStrictEqual(parse(text).value, JSON.parse(text))).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it("nothing, when JSON.parse refuses it: any character too much, too few or changed", () => {
    const change = fc.tuple(fc.nat(), fc.constantFrom(0, 1), fc.constantFrom(...',:[]{}" 01\\ntu', ""));
    fc.assert(
      fc.property(json, indent, change, (value, space, [where, gone, come]) => {
        const whole = JSON.stringify(value, undefined, space);
        const at = where % (whole.length + 1);
        const text = whole.slice(0, at) + come + whole.slice(at + gone);
        const expected = outcome(() => JSON.parse(text));
        expect(
          isDeepStrictEqual(
            outcome(() => parse(text).value),
            expected,
          ),
        ).toBe(true);
      }),
      { numRuns: 5_000 },
    );
  });
});

it.each([
  "[1,2,3,4,5,6,7,]",
  "[,1,2,3,4,5,6,7]",
  "[-[1,2,3,4,5,6,7]]",
  "[1[1,2,3,4,5,6,7]]",
  "[[1,2,3,4,5,6,7] 1]",
  '{"a":[1,2,3,4,5,6,7],}',
  "[1,2,3,4,5,6}",
  "",
  " ",
])("refuses %s", (text) => {
  expect(() => parse(text)).toThrow(SyntaxError);
});

it("gives a name of any object to none", () => {
  const { value } = parse('{"a":"long enough","__proto__":{"polluted":true,"and":"long"}}');
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  expect(Object.keys(value as object)).toEqual(["a", "__proto__"]);
});

it("keeps the last of equal names", () => {
  expect(parse('{"a":[1,2,3,4,5,6,7,8],"b":1,"a":2}').value).toStrictEqual({ b: 1, a: 2 });
});

it("refuses too many values and too deep ones before any is made", () => {
  const excess = (text: string) => outcomeOf(() => parse(text));
  expect(excess(`[${"{},".repeat(1_000)}{}]`)).toBe("values");
  expect(excess("[".repeat(11) + "]".repeat(11))).toBe("depth");
  expect(
    excess(JSON.stringify(Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`n${index}`, 1])))),
  ).toBe("names");
  expect(excess(`[${'",,,,{{{{[[[["'},${"1,".repeat(900)}1]`)).toBeUndefined();
});

function outcomeOf(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

it("takes slices as the text is long, wherever its length lies", () => {
  const bounds = { values: 1_000_000, depth: 10, names: 50 };
  const list = JSON.stringify(Array.from({ length: 100_000 }, (_, index) => ({ value: `id-${index}` })));
  const texts = [list, `{"Operations":[{"op":"add","value":${list}}]}`, `{"a":{"b":{"c":${list}}}}`];
  for (const text of texts) {
    const { value, slices } = parse(text, bounds, 32_768);
    expect(JSON.stringify(value) === text).toBe(true);
    expect(slices).toBeGreaterThan(text.length / 300_000);
    expect(slices).toBeLessThan(text.length / 30_000);
  }
});
