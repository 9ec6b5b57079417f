/** The preference that asks for a dry run, as it is asked for and acknowledged. */
export const DRY_RUN = "handling=dry-run";

// RFC 7240 §2: token [ BWS "=" BWS word ], and parameters behind a semicolon.
const TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
const PREFERENCE = new RegExp(
  `^\\s*(${TOKEN})(?:\\s*=\\s*(?:(${TOKEN})|"((?:[^"\\\\]|\\\\.)*)"))?\\s*(?:;.*)?$`,
  "s",
);

/**
 * Whether a Prefer header (RFC 7240) asks for a dry run: `handling=dry-run`, beside whatever else. Of a preference that is
 * given more than once the first counts, and one that is not understood is none (§2).
 */
export function prefersDryRun(header: string | string[] | undefined): boolean {
  if (header === undefined) {
    return false;
  }
  for (const part of elementsOf([header].flat().join(","))) {
    const [, name, token, text] = PREFERENCE.exec(part) ?? [];
    if (name?.toLowerCase() === "handling") {
      return (token ?? text?.replace(/\\(.)/gs, "$1"))?.toLowerCase() === "dry-run";
    }
  }
  return false;
}

/** The elements of a list, at commas that stand in no quoted string; one that has no end goes on to the end. */
function elementsOf(header: string): readonly string[] {
  const ends: number[] = [];
  let quoted = false;
  for (let at = 0; at < header.length; at += 1) {
    const character = header[at];
    if (quoted && character === "\\") {
      at += 1;
    } else if (character === '"') {
      quoted = !quoted;
    } else if (character === "," && !quoted) {
      ends.push(at);
    }
  }
  return [...ends, header.length].map((end, index) => header.slice((ends[index - 1] ?? -1) + 1, end));
}
