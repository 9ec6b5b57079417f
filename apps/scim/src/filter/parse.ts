// A parser of our own. scim2-parse-filter 0.2.10 was tried and cannot be mended from outside: its tokenizer takes time
// that doubles per newline behind an open quote, it overflows the stack on nested parentheses, refuses `$ref` and an
// escaped backslash before a quote, reads other escapes as they stand, takes `not` without parentheses, and its tree
// flattens `emails[type eq "work"].value eq "x"` so that both need no longer hold of the same element. It gives the
// second opinion in tests: testing/filter-differential/explained.ts has every difference, with its reason.
import { badRequest } from "../protocol/error.ts";
import { type Filter, type Literal, OPERATORS, type Operator } from "./ast.ts";
import { type Token, tokenize, unreadable } from "./lexer.ts";

/** Longest filter of a query, and longest path of a PATCH operation, in characters. */
const MAX_LENGTH = 16_384;
/** Most comparisons of a query's filter: each is a condition that PostgreSQL plans, and asks of each row. */
const MAX_COMPARISONS = 200;
const MAX_DEPTH = 20;

/** A PATCH path: `emails`, `emails[type eq "work"]`, `emails[type eq "work"].value`. */
export interface ValuePath {
  readonly path: string;
  readonly filter: Filter | undefined;
  /** The sub-attribute behind the brackets. */
  readonly sub: string | undefined;
}

/** Parses a filter; what is not one is 400 invalidFilter. Time is linear in its length. */
export function parseFilter(text: string): Filter {
  if (text.length > MAX_LENGTH) {
    throw badRequest("invalidFilter", `The filter is longer than ${MAX_LENGTH} characters.`);
  }
  const parser = new Parser(tokenize(text), text.length);
  const filter = parser.or(0);
  parser.end();
  if (parser.comparisons > MAX_COMPARISONS) {
    throw badRequest("invalidFilter", `The filter has more than ${MAX_COMPARISONS} comparisons.`);
  }
  return filter;
}

/** Parses the path of a PATCH operation; what is not one is 400 invalidPath, a bad filter inside invalidFilter. */
export function parseValuePath(text: string, maxLength = MAX_LENGTH): ValuePath {
  if (text.length > maxLength) {
    throw badRequest("invalidPath", `The path is longer than ${maxLength} characters.`);
  }
  if (!text.includes("[")) {
    return { path: plainPath(text), filter: undefined, sub: undefined };
  }
  const parser = new Parser(tokenize(text), text.length);
  const path = parser.word();
  const filter = parser.brackets(0);
  const sub = parser.trailingSub();
  parser.end();
  return { path, filter, sub };
}

function plainPath(text: string): string {
  const path = text.trim();
  if (!/^[A-Za-z$][\w.:$/#-]*$/.test(path)) {
    throw badRequest("invalidPath", "The path is not an attribute path such as name.givenName.");
  }
  return path;
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #length: number;
  #next = 0;
  comparisons = 0;

  constructor(tokens: readonly Token[], length: number) {
    this.#tokens = tokens;
    this.#length = length;
  }

  /** `a or b or c` is one flat list: long chains do not nest. */
  or(depth: number): Filter {
    if (depth > MAX_DEPTH) {
      throw badRequest("invalidFilter", `The filter nests deeper than ${MAX_DEPTH}.`);
    }
    const filters = [this.#and(depth)];
    while (this.#takeWord("or")) {
      filters.push(this.#and(depth));
    }
    return only(filters) ?? { kind: "or", filters };
  }

  #and(depth: number): Filter {
    const filters = [this.#term(depth)];
    while (this.#takeWord("and")) {
      filters.push(this.#term(depth));
    }
    return only(filters) ?? { kind: "and", filters };
  }

  #term(depth: number): Filter {
    if (this.#takeMark("(")) {
      return this.#closing(")", depth);
    }
    const path = this.word();
    if (path.toLowerCase() === "not" && this.#takeMark("(")) {
      return { kind: "not", filter: this.#closing(")", depth) };
    }
    if (this.#isMark("[")) {
      return this.#elements(path, this.brackets(depth));
    }
    return this.#comparison(path);
  }

  // Entra and others write `emails[type eq "work"].value eq "x"`: the comparison is of that same element.
  #elements(path: string, filter: Filter): Filter {
    const sub = this.trailingSub();
    if (sub === undefined) {
      return { kind: "elements", path, filter };
    }
    return { kind: "elements", path, filter: { kind: "and", filters: [filter, this.#comparison(sub)] } };
  }

  #comparison(path: string): Filter {
    this.comparisons += 1;
    const at = this.#at();
    const operator = this.word().toLowerCase();
    if (operator === "pr") {
      return { kind: "present", path };
    }
    if (!isOperator(operator)) {
      throw unreadable(at, `an operator is expected here: pr or ${OPERATORS.join(", ")}`);
    }
    return { kind: "compare", path, operator, value: this.#literal() };
  }

  /** `[filter]`. */
  brackets(depth: number): Filter {
    if (!this.#takeMark("[")) {
      throw unreadable(this.#at(), "[ is expected here");
    }
    return this.#closing("]", depth);
  }

  /** `.value` behind a closing bracket. */
  trailingSub(): string | undefined {
    const token = this.#tokens[this.#next];
    if (token?.kind !== "word" || !token.text.startsWith(".")) {
      return undefined;
    }
    this.#next += 1;
    return token.text.slice(1);
  }

  word(): string {
    const at = this.#at();
    const token = this.#tokens[this.#next];
    if (token?.kind !== "word" || token.text.startsWith(".")) {
      throw unreadable(at, "an attribute or operator is expected here");
    }
    this.#next += 1;
    return token.text;
  }

  end(): void {
    if (this.#next < this.#tokens.length) {
      throw unreadable(this.#at(), "the filter should end here");
    }
  }

  #closing(mark: ")" | "]", depth: number): Filter {
    const filter = this.or(depth + 1);
    if (!this.#takeMark(mark)) {
      throw unreadable(this.#at(), `${mark} is expected here`);
    }
    return filter;
  }

  #literal(): Literal {
    const at = this.#at();
    const token = this.#tokens[this.#next];
    if (token?.kind !== "literal") {
      throw unreadable(
        at,
        'a value is expected here: "text" in double quotes, a number, true, false or null',
      );
    }
    this.#next += 1;
    return token.value;
  }

  #takeWord(word: string): boolean {
    const token = this.#tokens[this.#next];
    if (token?.kind !== "word" || token.text.toLowerCase() !== word) {
      return false;
    }
    this.#next += 1;
    return true;
  }

  #takeMark(mark: "(" | ")" | "[" | "]"): boolean {
    if (!this.#isMark(mark)) {
      return false;
    }
    this.#next += 1;
    return true;
  }

  #isMark(mark: string): boolean {
    const token = this.#tokens[this.#next];
    return token?.kind === "mark" && token.text === mark;
  }

  #at(): number {
    return this.#tokens[this.#next]?.at ?? this.#length;
  }
}

function only(filters: readonly Filter[]): Filter | undefined {
  return filters.length === 1 ? filters[0] : undefined;
}

function isOperator(text: string): text is Operator {
  return OPERATORS.some((operator) => operator === text);
}
