import { isDeepStrictEqual } from "node:util";
import type { Filter } from "../../filter/ast.ts";
import { parseFilter } from "../../filter/parse.ts";
import { ScimError } from "../../protocol/error.ts";
import { holdsOfLibrarys, holdsOfOurs } from "./evaluate.ts";
import type { Difference } from "./explained.ts";
import { flatten, parseByLibrary, translate } from "./library.ts";
import { RESOURCES } from "./resources.ts";

export type Verdict = "accepted alike" | "refused alike" | Difference;

/** Parses a filter by our parser and by scim2-parse-filter, and compares what both say. */
export function judge(text: string): Verdict {
  const ours = parseByUs(text);
  const theirs = parseByLibrary(text);
  if (ours === null) {
    return theirs === null ? "refused alike" : "only the library accepts";
  }
  if (theirs === null) {
    return "only we accept";
  }
  const sameTree = isDeepStrictEqual(flatten(ours), flatten(translate(theirs)));
  const sameAnswers = RESOURCES.every(
    (resource) => holdsOfOurs(ours, resource) === holdsOfLibrarys(theirs, resource),
  );
  return sameTree && sameAnswers ? "accepted alike" : "another meaning";
}

function parseByUs(text: string): Filter | null {
  try {
    return parseFilter(text);
  } catch (error) {
    if (error instanceof ScimError && error.scimType === "invalidFilter") {
      return null;
    }
    throw error;
  }
}
