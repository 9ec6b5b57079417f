/** Where scim2-parse-filter 0.2.10 and we differ, and why. The grammar is Figure 1 of RFC 7644 §3.4.2.2. */
export interface Explanation {
  readonly name: string;
  readonly difference: Difference;
  readonly reason: string;
  /** `bare` is the text with its strings emptied, `strings` are what was in them, as written. */
  readonly applies: (bare: string, strings: readonly string[]) => boolean;
}
export type Difference = "only we accept" | "only the library accepts" | "another meaning";

const OPERATION = "(?:pr|eq|ne|co|sw|ew|gt|ge|lt|le)(?![-\\w._:/%])";
const pattern = (source: string, flags = "i") => new RegExp(source.replaceAll("OPERATION", OPERATION), flags);

const NOT_AS_ATTRIBUTE = pattern("(?<![\\w.:$/#-])not\\s*(?:\\[|\\s+OPERATION)");
const LITERAL_WORDS = /(?<![\w.:$/#-])(?:true|false|null)(?![\w.:$/#-])/gi;
const SIGNED_NUMBER = /(?:-\d[\d.]*(?:e[+-]?\d+)?|\d[\d.]*e\+\d+)[\s)]/i;
const NOT_BEFORE_A_TERM = /(?<![\w.:$/#-])not(?:\s+[^\s(]|\[)/i;
const INFIX_NAME =
  /(?:[\])"]\s*|(?<![-\w.:/%])(?:pr|true|false|null|\d[\w.+-]*)\s+)(?:not|constructor|__proto__)(?![-\w.:/%])/i;
const NO_ATTRIBUTE_NAME = pattern("(?<![-\\w.:/%])[\\d_][-\\w.:/%]*(?:\\s+OPERATION|\\s*\\[)");
const LITERAL_AS_ATTRIBUTE = pattern("(?<![-\\w.:/%])(?:true|false|null)(?:\\s+OPERATION|\\s*\\[)");
const ESCAPE = /\\[^"]/;

export const EXPLAINED: readonly Explanation[] = [
  {
    name: "a name of ours with $ or #",
    difference: "only we accept",
    reason:
      "RFC 7643 §2.4 has the attribute $ref, which Figure 1's nameChar forgets; # may stand in a schema's URI.",
    applies: (bare) => /[$#]/.test(bare),
  },
  {
    name: "an attribute called not",
    difference: "only we accept",
    reason: "attrName is any ALPHA *nameChar; not is the operator where a parenthesis follows.",
    applies: (bare) => NOT_AS_ATTRIBUTE.test(bare),
  },
  {
    name: "True, NULL",
    difference: "only we accept",
    reason: "compValue has JSON's words, in small letters. We are lenient, as with names and operators.",
    applies: (bare) => (bare.match(LITERAL_WORDS) ?? []).some((word) => word !== word.toLowerCase()),
  },
  {
    name: "a signed number that is not last",
    difference: "only we accept",
    reason: "compValue is any number of JSON, so -7 and 1e+2 as well, whatever comes behind it.",
    applies: (bare) => SIGNED_NUMBER.test(bare),
  },
  {
    name: "an escaped backslash before a quote",
    difference: "only we accept",
    reason: 'compValue is a string of JSON: "a\\\\" ends there. The library takes the quote for escaped.',
    applies: (_bare, strings) => strings.some((each) => /\\\\(?:\\"|$)/.test(each)),
  },
  {
    name: "white space before a sub-attribute",
    difference: "only we accept",
    reason:
      "Figure 1 has no sub-attribute behind brackets in a filter; where we take one, white space is free.",
    applies: (bare) => /\]\s+\./.test(bare),
  },
  {
    name: "not without parentheses",
    difference: "only the library accepts",
    reason: 'Figure 1: *1"not" "(" FILTER ")".',
    applies: (bare) => NOT_BEFORE_A_TERM.test(bare),
  },
  {
    name: "a name of JavaScript's, or not, as an infix operator",
    difference: "only the library accepts",
    reason: "Only and and or stand between filters. The library looks its operators up in a plain object.",
    applies: (bare) => INFIX_NAME.test(bare),
  },
  {
    name: "white space beyond ASCII, form feed",
    difference: "only the library accepts",
    reason: "Figure 1 has SP alone. We take tab and line ends as well, as JSON does.",
    applies: (bare) => /[^\S \t\r\n]/.test(bare),
  },
  {
    name: "a name with %, or beginning with a digit or _",
    difference: "only the library accepts",
    reason: 'ATTRNAME = ALPHA *(nameChar), nameChar = "-" / "_" / DIGIT / ALPHA.',
    applies: (bare) => NO_ATTRIBUTE_NAME.test(bare) || bare.includes("%"),
  },
  {
    name: "true, false or null as an attribute",
    difference: "only the library accepts",
    reason: "They are compValue's words. Figure 1 would allow the name, which no schema of ours has.",
    applies: (bare) => LITERAL_AS_ATTRIBUTE.test(bare),
  },
  {
    name: "a number beyond every number",
    difference: "only the library accepts",
    reason: "RFC 8259 §6 lets a receiver set limits; the library reads Infinity.",
    applies: (bare) => (bare.match(/\d[\d.]*e\+?\d+/gi) ?? []).some((number) => Number(number) === Infinity),
  },
  {
    name: "an escape that JSON has not",
    difference: "only the library accepts",
    reason: "compValue is a string of JSON (RFC 8259 §7). The library keeps the backslash as a character.",
    applies: (_bare, strings) => strings.some((each) => decode(each) === undefined),
  },
  {
    name: "NUL or half of a surrogate pair",
    difference: "only the library accepts",
    reason: "RFC 8259 §8.2 leaves it open; neither is text that PostgreSQL holds, so no value can be equal.",
    applies: (_bare, strings) => strings.some((each) => /\0|\p{Surrogate}/u.test(decode(each) ?? "")),
  },
  {
    name: "a dot behind brackets with no name right behind it",
    difference: "only the library accepts",
    reason: 'subAttr = "." ATTRNAME; the library drops such a dot.',
    applies: (bare) => /\]\.(?![A-Za-z$])/.test(bare),
  },
  {
    name: "brackets behind a sub-attribute behind brackets",
    difference: "only the library accepts",
    reason: "Figure 1 has neither; we take the sub-attribute alone, with a comparison.",
    applies: (bare) => /\]\.[-\w.:/%]+\s*\[/.test(bare),
  },
  {
    name: "beyond our limits",
    difference: "only the library accepts",
    reason: "The RFC sets none; ours keep a filter from costing more than a request may.",
    applies: (bare, strings) =>
      nesting(bare) > 20 ||
      (bare.match(pattern("\\sOPERATION", "gi")) ?? []).length > 200 ||
      bare.length + strings.join("").length > 16_384,
  },
  {
    name: "an escape in a string",
    difference: "another meaning",
    reason:
      'compValue is a string of JSON: "\\u0041" is A, "\\\\" one backslash. The library reads escapes but \\" as they stand.',
    applies: (_bare, strings) => strings.some((each) => ESCAPE.test(each)),
  },
  {
    name: "a sub-attribute behind brackets",
    difference: "another meaning",
    reason:
      "Beyond Figure 1, as Entra ID writes it: emails[…].value eq … compares the element that the brackets chose (a " +
      "valuePath's conditions hold of one element). The library asks whether some element has it.",
    applies: (bare) => /\]\.[A-Za-z]/.test(bare),
  },
];

/** The text that a string of JSON stands for, given what is between its quotes; undefined where JSON has no such string. */
function decode(inside: string): string | undefined {
  try {
    return String(JSON.parse(`"${inside}"`));
  } catch {
    return undefined;
  }
}

function nesting(bare: string): number {
  let depth = 0;
  let deepest = 0;
  for (const character of bare) {
    if (character === "(" || character === "[") {
      depth += 1;
    }
    if (character === ")" || character === "]") {
      depth -= 1;
    }
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

const STRING = /"((?:[^"\\]|\\.)*)"/gs;

/** The names of the explanations of a difference in how a filter is read. */
export function explain(text: string, difference: Difference): string[] {
  const bare = text.replace(STRING, '""');
  const strings = [...text.matchAll(STRING)].map(([, inside = ""]) => inside);
  return EXPLAINED.filter((each) => each.difference === difference && each.applies(bare, strings)).map(
    ({ name }) => name,
  );
}
