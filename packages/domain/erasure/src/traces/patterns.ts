import type { TextPatterns } from "@sallyport/events";
import type { PersonValues } from "./values.ts";

/**
 * Patterns by which PostgreSQL finds rows that may be about a person; `Traces` then says whether they are. So they find
 * rather too much: each value as it is, and as JSON, XML, a URL or base64 (a JWT, a SAML message) would have it.
 */
export function patternsOf(
  { strong, weak }: Pick<PersonValues, "strong" | "weak">,
  ids: Iterable<string>,
): TextPatterns {
  const lower = new Set<string>();
  const exact = new Set<string>();
  for (const id of ids) {
    lower.add(`%${id}%`);
  }
  for (const value of strong) {
    for (const written of writings(value)) {
      // PostgreSQL's lower() may leave all but ASCII alone, by the database's locale.
      lower.add(anywhere(written.toLowerCase()));
      lower.add(anywhere(written.replace(/[A-Z]/g, (letter) => letter.toLowerCase())));
    }
    for (const fragment of base64Fragments(value)) {
      exact.add(anywhere(fragment));
    }
  }
  for (const value of weak) {
    for (const written of writings(value)) {
      const text = written.toLowerCase();
      for (const whole of [
        `"${text}"`,
        `\\"${text}\\"`,
        `>${text}<`,
        `%22${text}%22`,
        `=${text}&`,
        `=${text}"`,
      ]) {
        lower.add(anywhere(whole));
      }
    }
  }
  return { lower: [...lower], exact: [...exact] };
}

function anywhere(text: string): string {
  return `%${text.replace(/[\\%_]/g, "\\$&")}%`;
}

function writings(value: string): Set<string> {
  const escaped = JSON.stringify(value).slice(1, -1);
  const xml = value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const encoded = encodeURIComponent(value);
  return new Set([
    value,
    escaped,
    JSON.stringify(escaped).slice(1, -1),
    xml,
    xml.replaceAll('"', "&quot;").replaceAll("'", "&apos;"),
    encoded,
    encoded.replaceAll("%20", "+"),
    encodeURI(value),
  ]);
}

/** Shorter ones would be found by chance. */
const LEAST_FRAGMENT = 10;

/**
 * What base64 makes of a value within a longer text, of which nobody knows where it begins: at each of the three places
 * that a byte may have, without the characters that depend on its neighbours. In both alphabets.
 */
export function base64Fragments(value: string): string[] {
  const fragments = new Set<string>();
  for (const written of [value, value.toLowerCase()]) {
    const bytes = Buffer.from(written);
    for (const offset of [0, 1, 2]) {
      const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
      const fragment = text.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
      if (fragment.length >= LEAST_FRAGMENT) {
        fragments.add(fragment).add(fragment.replaceAll("+", "-").replaceAll("/", "_"));
      }
    }
  }
  return [...fragments];
}
