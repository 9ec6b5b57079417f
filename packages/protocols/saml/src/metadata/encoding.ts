import { TextDecoder } from "node:util";
import { refuse } from "../errors/refusal.ts";

/**
 * The encodings in which metadata is exported, by the names that XML declarations give them: PowerShell writes UTF-16,
 * older tools Latin-1 (which WHATWG reads as windows-1252, its superset).
 */
const DECODERS: Readonly<Record<string, string>> = {
  "utf-8": "utf-8",
  utf8: "utf-8",
  "us-ascii": "utf-8",
  ascii: "utf-8",
  "iso-8859-1": "windows-1252",
  latin1: "windows-1252",
  "windows-1252": "windows-1252",
  // Bytes that an ASCII reader understands are none: somebody saved the file anew and left the declaration.
  "utf-16": "utf-8",
};

/** A decoder for a document that begins with these bytes (XML 1.0 appendix F). Refuses an encoding that is not known. */
export function metadataDecoder(start: Uint8Array): TextDecoder {
  const [first, second] = start;
  if ((first === 0xff && second === 0xfe) || (first === 0x3c && second === 0)) {
    return new TextDecoder("utf-16le", { fatal: true });
  }
  if ((first === 0xfe && second === 0xff) || (first === 0 && second === 0x3c)) {
    return new TextDecoder("utf-16be", { fatal: true });
  }
  const text = Buffer.from(start.subarray(0, 256)).toString("latin1");
  const declared = /^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?\sencoding=["']([\w.-]+)["']/.exec(text)?.[1] ?? "utf-8";
  const label = DECODERS[declared.toLowerCase()] ?? refuse("xml_encoding", `encoding ${declared}`);
  return new TextDecoder(label, { fatal: true });
}

/** Decodes a whole document; the text's declaration names no encoding any more. */
export function decodeMetadata(document: string | Uint8Array): string {
  const text = typeof document === "string" ? document : decode(document);
  return withoutEncoding(text.replace(/^\uFEFF/, "").trim());
}

export function withoutEncoding(text: string): string {
  return text.replace(/^(<\?xml[^>]*?)\s+encoding=(?:"[^"]*"|'[^']*')/, "$1");
}

function decode(bytes: Uint8Array): string {
  return decodeChunk(metadataDecoder(bytes), bytes);
}

/** The text of the next bytes, or, without bytes, of what is left. Refuses what is not in the encoding. */
export function decodeChunk(decoder: TextDecoder, bytes?: Uint8Array, options?: { stream: boolean }): string {
  try {
    return decoder.decode(bytes, options);
  } catch (error) {
    if (!(error instanceof TypeError)) {
      throw error;
    }
    return refuse("xml_encoding", `not ${decoder.encoding.toUpperCase()}`);
  }
}
