import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../protocol/json.ts";
import { quirksOf } from "../quirks/quirks.ts";
import { Reading } from "../quirks/reading.ts";
import { attribute, complex } from "../schema/attribute.ts";
import { userType } from "../schema/resource-type.ts";
import { applyOperations } from "./apply.ts";
import type { Operation } from "./operation.ts";

const ACME = "urn:example:acme";
const reading = new Reading(quirksOf("strict"));
const type = userType([
  {
    ...{ id: ACME, name: "Acme", description: "" },
    attributes: [
      attribute("tags", "", { multiValued: true }),
      complex("badges", "", [attribute("value", ""), attribute("primary", "", { type: "boolean" })], {
        multiValued: true,
      }),
    ],
  },
]);

/** What the operations make of the document, and in how many slices. */
function apply(document: JsonObject, operations: readonly Operation[]) {
  const work = applyOperations(type, document, operations, reading);
  for (let slices = 1; ; slices += 1) {
    const { done, value } = work.next();
    if (done === true) {
      return { after: value, slices };
    }
  }
}

const text = fc.constantFrom("a", "b", "c");
const element = fc.record(
  { value: text, type: fc.constantFrom("work", "home"), primary: fc.boolean() },
  { requiredKeys: ["value"] },
);
const elements = fc.array(element, { minLength: 1, maxLength: 3 });
const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ op: fc.constant("add"), path: fc.constantFrom("emails", "roles"), value: elements }),
  fc.record({ op: fc.constant("add"), path: fc.constant(`${ACME}:tags`), value: fc.array(text) }),
  fc.record({ op: fc.constant("add"), path: fc.constant(undefined), value: fc.record({ emails: elements }) }),
  fc.record({ op: fc.constant("add"), path: fc.constant(`${ACME}:badges`), value: elements }),
  fc.record({ op: fc.constant("replace"), path: fc.constant("emails"), value: elements }),
  fc.record({ op: fc.constant("replace"), path: fc.constant("emails.type"), value: text }),
  fc.record({
    op: fc.constant("remove"),
    path: fc.constantFrom("emails", ACME),
    value: fc.constant(undefined),
  }),
  fc.record({ op: fc.constant("remove"), path: fc.constant("emails"), value: elements }),
  fc.record({
    ...{ op: fc.constant("remove"), path: fc.constant('emails[value eq "a"]') },
    value: fc.constant(undefined),
  }),
);

/** What comes of it, or which error. */
function outcome(work: () => JsonObject): JsonObject | string {
  try {
    return work();
  } catch (error) {
    return String(error);
  }
}

describe("operations", () => {
  it("come to the same together as each in a PATCH of its own, and leave what they were applied to", () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 8 }), elements, (operations, emails) => {
        const document = { userName: "ada", emails, [ACME]: { tags: ["a"] } };
        const before = structuredClone(document);
        const together = outcome(() => apply(document, operations).after);
        expect(document).toEqual(before);
        const oneByOne = outcome(() =>
          operations.reduce<JsonObject>((current, each) => apply(current, [each]).after, document),
        );
        expect(together).toEqual(oneByOne);
      }),
      { numRuns: 1_000 },
    );
  });

  it("that add take a time that grows with their number: twice as many, twice the slices", () => {
    const adds = (count: number) =>
      Array.from(
        { length: count },
        (_, index): Operation => ({
          ...{ op: "add", path: "emails" },
          value: [{ value: `${index}@acme.example`, primary: true }],
        }),
      );
    const document = { userName: "ada" };
    const [few, many] = [apply(document, adds(5_000)), apply(document, adds(10_000))];
    expect(few.slices).toBeGreaterThan(1);
    expect(many.slices).toBeLessThanOrEqual(2 * few.slices);
    expect(many.after.emails).toHaveLength(10_000);
    expect(JSON.stringify(many.after).match(/"primary":true/g)).toHaveLength(1);
  });

  it("that would look at too much are refused before they do", () => {
    const emails = Array.from({ length: 3_000 }, (_, index) => ({ value: `${index}@acme.example` }));
    const document = { userName: "ada", emails };
    const terms = Array.from({ length: 30 }, (_, index) => `value eq "${index}"`).join(" or ");
    const one: Operation = { op: "remove", path: `emails[${terms}]`, value: undefined };
    expect(() => apply(document, [one])).toThrow("30000 values each");
    const many = Array.from(
      { length: 1_000 },
      (_, index): Operation => ({
        ...{ op: "replace", path: `emails[value eq "${index}@acme.example"].type`, value: "home" },
      }),
    );
    expect(() => apply(document, many)).toThrow("1000000 values");
    expect(apply(document, many.slice(0, 100)).after.emails).toHaveLength(3_000);
  });
});
