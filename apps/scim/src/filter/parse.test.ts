import { describe, expect, it } from "vitest";
import { parseFilter, parseValuePath } from "./parse.ts";

const INVALID = expect.objectContaining({ status: 400, scimType: "invalidFilter" });

function failureOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

describe("numbers are JSON's (RFC 8259 §6)", () => {
  it.each(["01", "-01", "00.5", "1.", ".5", "+1", "0x1"])("not %s", (number) => {
    expect(failureOf(() => parseFilter(`age eq ${number}`))).toEqual(INVALID);
  });

  it.each(["0", "-0", "0.5", "10", "-7", "1e2", "1E+2", "0e-1"])("but %s", (number) => {
    const value = JSON.parse(number);
    expect(parseFilter(`age eq ${number}`)).toEqual({ kind: "compare", path: "age", operator: "eq", value });
  });
});

describe("a dot behind brackets is followed by a name", () => {
  it.each(['emails[type eq "work"]. eq "x"', 'emails[type eq "work"].5 eq "x"', "emails[type pr]."])(
    "%s",
    (filter) => {
      expect(failureOf(() => parseFilter(filter))).toEqual(INVALID);
      expect(failureOf(() => parseValuePath(filter))).toEqual(INVALID);
    },
  );

  it("as in emails[type pr].value", () => {
    const elements = { path: "emails", filter: { kind: "present", path: "type" } };
    expect(parseValuePath("emails[type pr].value")).toEqual({ ...elements, sub: "value" });
  });
});
