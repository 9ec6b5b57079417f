import type { CheckResult, Verdict } from "./checks.ts";

/** A line of a message as it is shown. Without a verdict, no check looks at it. */
export interface MessageLine {
  readonly text: string;
  readonly verdict?: Exclude<Verdict, "unseen">;
}

/** A message, an element or a claim in each line, with the parts marked that were checked. */
export function messageLines(message: string, results: readonly CheckResult[]): readonly MessageLine[] {
  const isXml = message.trimStart().startsWith("<");
  return isXml ? xmlLines(message, results) : jsonLines(message, results);
}

/** The worst that was found of a part. */
function verdictOf(part: string, results: readonly CheckResult[]): Pick<MessageLine, "verdict"> {
  const verdicts = results.filter(({ parts }) => parts.includes(part)).map(({ verdict }) => verdict);
  if (verdicts.includes("failed")) {
    return { verdict: "failed" };
  }
  return verdicts.includes("passed") ? { verdict: "passed" } : {};
}

/** Claims stand in lines of their own: the gateway stores them indented. */
function jsonLines(message: string, results: readonly CheckResult[]): MessageLine[] {
  return message.split("\n").map((text) => {
    const claim = /^\s*"([^"]+)":/.exec(text)?.[1];
    return { text, ...(claim === undefined ? {} : verdictOf(claim, results)) };
  });
}

/**
 * Indented by hand and not by a parser: a message that was refused may be cut off, or be no XML at all, and is then shown
 * all the same.
 */
function xmlLines(message: string, results: readonly CheckResult[]): MessageLine[] {
  const tokens = message.match(/<[^>]*>?|[^<]+/g) ?? [];
  const lines: MessageLine[] = [];
  const open: string[] = [];
  const push = (text: string, marks: Pick<MessageLine, "verdict"> = {}) =>
    lines.push({ text: "  ".repeat(open.length) + text, ...marks });
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] ?? "";
    if (!token.startsWith("<")) {
      if (token.trim() !== "") {
        push(token.trim());
      }
    } else if (isEnd(token)) {
      open.pop();
      push(token);
    } else {
      const name = nameOf(token);
      const opens = !token.endsWith("/>") && !/^<[?!]/.test(token);
      const within = opens ? textWithin(tokens, at) : [];
      push([token, ...within].join(""), elementVerdict(open, name, results));
      at += within.length;
      if (opens && within.length === 0) {
        open.push(name);
      }
    }
  }
  return lines;
}

const isEnd = (token: string | undefined) => token?.startsWith("</") === true;

const nameOf = (tag: string) => /^<(?:[^\s<>/:]+:)?([^\s<>/:]+)/.exec(tag)?.[1] ?? "";

/** What follows a tag up to its end, where that is nothing but text, so that all of it stands in one line. */
function textWithin(tokens: readonly string[], at: number): readonly string[] {
  const next = tokens.slice(at + 1, at + 3);
  if (isEnd(next[0])) {
    return next.slice(0, 1);
  }
  return next[0]?.startsWith("<") === false && isEnd(next[1]) ? next : [];
}

/** By its name, or by its parent's too where the name alone says too little. */
function elementVerdict(open: readonly string[], name: string, results: readonly CheckResult[]) {
  const alone = verdictOf(name, results);
  return alone.verdict === undefined ? verdictOf(`${open.at(-1)}/${name}`, results) : alone;
}
