import { expect, it } from "vitest";
import type { z } from "zod";
import type { Fact } from "../catalogue/fact.ts";
import { catalogue } from "../catalogue/index.ts";
import { PERSONAL_FIELDS } from "./personal-fields.ts";

/** What a field is called that may say something of a person. */
const SOUNDS_PERSONAL =
  /name|mail|phone|address|person|user|subject|login|family|given|external|claim|title|photo|birth|nick/i;

/** Those that do not, after all: ids, counts, and the names of things. */
const OTHERS = new Set(
  "deletedPeople directoryUserId directoryUsers displayName initiateLoginUri loginRecords otherUserId subjectFormat userId userIds".split(
    " ",
  ),
);

function fieldsOf(schema: z.core.$ZodType): string[] {
  const def = schema._zod.def as { readonly innerType?: z.core.$ZodType; readonly element?: z.core.$ZodType };
  const inner = [def.innerType, def.element].flatMap((each) => (each === undefined ? [] : fieldsOf(each)));
  const shape = "shape" in schema ? (schema.shape as Record<string, z.core.$ZodType>) : {};
  return [...inner, ...Object.entries(shape).flatMap(([name, each]) => [name, ...fieldsOf(each)])];
}

it("is asked of every field of the catalogue that sounds like it: personal, or not", () => {
  const facts = Object.values<Fact>(catalogue);
  const fields = new Set(
    facts.flatMap(({ before, after, data }) =>
      [before, after, data].flatMap((part) => (part === undefined ? [] : fieldsOf(part))),
    ),
  );
  expect(fields.size).toBeGreaterThan(50);
  const open = [...fields].filter((name) => SOUNDS_PERSONAL.test(name));
  expect(open.filter((name) => !PERSONAL_FIELDS.has(name) && !OTHERS.has(name))).toEqual([]);
  expect([...PERSONAL_FIELDS].filter((name) => !fields.has(name))).toEqual([]);
});
