const isHighSurrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdbff;

/**
 * The first `max` UTF-16 units of a text, or one less where that would cut a character in two. Half a character is no
 * text: PostgreSQL refuses it in JSON.
 */
export function cutText(text: string, max: number): string {
  if (text.length <= max) {
    return text;
  }
  return text.slice(0, isHighSurrogate(text.charCodeAt(max - 1)) ? max - 1 : max);
}

// An escape that is itself escaped (\\u0000) is none. JSON.stringify writes a surrogate as an escape only where it is alone.
const ESCAPE = /\\(?:u0000|ud[89a-f][0-9a-f]{2}|.)/gi;
const UNSTORABLE = /^\\u(?:0000|d[89a-f])/i;

/** What `JSON.stringify` made, as jsonb takes it: in place of NUL and of half characters stands U+FFFD. */
export function storableJson(json: string): string {
  if (!json.includes("\\u")) {
    return json;
  }
  return json.replace(ESCAPE, (sequence) => (UNSTORABLE.test(sequence) ? "\\ufffd" : sequence));
}
