import * as fc from "fast-check";
import { OPERATORS } from "../../filter/ast.ts";

/** Filters as text: by the grammar of RFC 7644 §3.4.2.2, nearly by it, and far from it. */

const ATTRIBUTES = [
  "userName",
  "USERNAME",
  "name.givenName",
  "title",
  "active",
  "age",
  "emails.value",
  "emails.type",
];
const CORE_USER = "urn:ietf:params:scim:schemas:core:2.0:User";
// Words that a lexer or a parser may take for something else, or should not take at all.
const ODD_WORDS = [
  `${CORE_USER}:userName`,
  `${CORE_USER}:emails.value`,
  "x-y_z",
  "a..b",
  "a/b",
  "a#b",
  "emails.$ref",
  "$ref",
  "not",
  "and",
  "or",
  "pr",
  "eq",
  "true",
  "NULL",
  "_a",
  "5a",
  "5",
  "a%b",
  ".value",
  ".",
  "constructor",
  "__proto__",
  "ü",
];
const SUBS = ["type", "value", "primary", "nope"];

const NUMBERS = [
  "0",
  "-0",
  "5",
  "-7",
  "12.50",
  "1e2",
  "1E+2",
  "-1e-2",
  "01",
  "-01",
  "1.",
  ".5",
  "+1",
  "1e999",
  "0x1",
  "1a",
];
const WORD_LITERALS = ["true", "false", "null", "True", "FALSE", "Null"];
/** What strings are made of: the values of the resources, escapes (of JSON or of none), the grammar's own characters. */
const STRING_PIECES = [
  "ada",
  "B",
  "work",
  "home",
  "@x",
  "",
  " ",
  "é",
  "😀",
  '\\"',
  "\\\\",
  "\\n",
  "\\/",
  "\\u0041",
  "\\ud83d\\ude00",
  "\\ud800",
  "\\u0000",
  "\\x",
  "\n",
  "\u0000",
  "\u00a0",
  "\ud800",
  "(",
  "]",
  " and ",
  " eq ",
  "$",
  "%",
];

const pieces = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("ada", "B", "work", "home", "", "a@x") },
  {
    weight: 1,
    arbitrary: fc.array(fc.constantFrom(...STRING_PIECES), { maxLength: 3 }).map((all) => all.join("")),
  },
);
const literal = fc.oneof(
  { weight: 20, arbitrary: pieces.map((text) => `"${text}"`) },
  { weight: 3, arbitrary: fc.constantFrom(...NUMBERS) },
  { weight: 6, arbitrary: fc.constantFrom("5", "41", "true", "false", "null") },
  { weight: 1, arbitrary: fc.constantFrom(...WORD_LITERALS) },
);
const space = fc.oneof(
  { weight: 40, arbitrary: fc.constant(" ") },
  { weight: 1, arbitrary: fc.constantFrom("", "  ", "\t", "\n", "\u00a0", "\f") },
);
const gap = fc.oneof({ weight: 20, arbitrary: fc.constant("") }, { weight: 1, arbitrary: space });
const operator = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...OPERATORS) },
  { weight: 1, arbitrary: fc.constantFrom("EQ", "Co", "gt", "is") },
);
const PR = fc.constantFrom("pr", "PR");

function joined(...parts: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> {
  return fc.tuple(...parts).map((texts) => texts.join(""));
}

/** The grammar's FILTER over some attribute paths; `elements` is what else may stand as a term. */
function filterOver(path: fc.Arbitrary<string>, elements: fc.Arbitrary<string> | undefined) {
  const comparison = fc.oneof(
    { weight: 4, arbitrary: joined(path, space, operator, space, literal) },
    { weight: 1, arbitrary: joined(path, space, PR) },
  );
  const leaf =
    elements === undefined
      ? comparison
      : fc.oneof({ weight: 3, arbitrary: comparison }, { weight: 1, arbitrary: elements });
  const { filter } = fc.letrec<{ filter: string }>((tie) => {
    const inner = tie("filter");
    const group = joined(fc.constant("("), gap, inner, gap, fc.constant(")"));
    return {
      filter: fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        { weight: 3, arbitrary: leaf },
        { weight: 2, arbitrary: joined(inner, space, fc.constantFrom("and", "or", "AND"), space, inner) },
        { weight: 1, arbitrary: group },
        {
          weight: 1,
          arbitrary: joined(fc.constantFrom("not", "Not"), fc.constantFrom(" ", "", "  "), group),
        },
      ),
    };
  });
  return filter;
}

const path = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom(...ATTRIBUTES) },
  { weight: 1, arbitrary: fc.constantFrom(...ODD_WORDS) },
);
const sub = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom(...SUBS) },
  { weight: 1, arbitrary: fc.constantFrom(...ODD_WORDS) },
);
const brackets = joined(
  fc.constantFrom("emails", "EMAILS", `${CORE_USER}:emails`),
  gap,
  fc.constant("["),
  gap,
  filterOver(sub, undefined),
  gap,
  fc.constant("]"),
);
const behindBrackets = joined(
  brackets,
  fc.constantFrom(".", ".", " .", ". "),
  fc.constantFrom(...SUBS),
  space,
  fc.oneof(PR, joined(operator, space, literal), fc.constant("[type pr]")),
);
const elements = fc.oneof({ weight: 6, arbitrary: brackets }, { weight: 1, arbitrary: behindBrackets });
const valid = filterOver(path, elements);

/** One small fault in a filter. */
const nearlyValid = fc
  .tuple(
    valid,
    fc.nat(),
    fc.nat({ max: 3 }),
    fc.constantFrom(
      "(",
      ")",
      "[",
      "]",
      ".",
      '"',
      "\\",
      " ",
      "-",
      "1",
      "$",
      "%",
      " not ",
      " and ",
      " pr ",
      "\u00a0",
    ),
  )
  .map(([text, position, length, inserted]) => {
    const at = position % (text.length + 1);
    return text.slice(0, at) + (length === 0 ? inserted : "") + text.slice(at + length);
  });

const token = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom("(", ")", "[", "]", "].", "not", "and", "or", "pr", "eq", "constructor"),
  },
  { weight: 2, arbitrary: path },
  { weight: 2, arbitrary: literal },
);
const soup = fc.array(token, { maxLength: 9 }).map((tokens) => tokens.join(" "));

/** Operators where none belongs. */
const misplaced = joined(
  valid,
  fc.constantFrom(" and not ", " or not ", " not ", " constructor ", " __proto__ ", " xor "),
  valid,
);

/** At the limits of nesting, of comparisons and of length, and beyond them. */
const large = fc.oneof(
  fc
    .tuple(fc.integer({ min: 15, max: 60 }), fc.constantFrom("(", "not ("))
    .map(([depth, open]) => `${open.repeat(depth)}age pr${")".repeat(depth)}`),
  fc.integer({ min: 195, max: 205 }).map((count) => Array(count).fill("age eq 5").join(" or ")),
  fc.integer({ min: 16_365, max: 16_375 }).map((length) => `title eq "${"x".repeat(length)}"`),
);

export const filters = fc.oneof(
  { weight: 60, arbitrary: valid },
  { weight: 30, arbitrary: nearlyValid },
  { weight: 20, arbitrary: soup },
  { weight: 3, arbitrary: misplaced },
  { weight: 1, arbitrary: large },
);
