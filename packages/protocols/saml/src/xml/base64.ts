import { isUtf8 } from "node:buffer";
import { refuse } from "../errors/refusal.ts";
import type { SamlErrorCode } from "../errors/table.ts";
import type { SamlLimits } from "../types.ts";

/**
 * Decodes base64 (RFC 4648 §4), with line breaks allowed as IdPs put them, and nothing else allowed:
 * Node's decoder skips what it does not know, and what two decoders read differently, two validators do.
 */
export function decodeBase64(text: string, code: SamlErrorCode): Buffer {
  const compact = text.replace(/[\t\n\r ]+/g, "");
  const bytes = Buffer.from(compact, "base64");
  if (compact === "" || bytes.toString("base64") !== compact) {
    refuse(code);
  }
  return bytes;
}

/** The XML bytes of a `SAMLResponse` form value. */
export function decodeFormValue(value: string, limits: SamlLimits): Buffer {
  if (value === "") {
    refuse("response_missing");
  }
  // 4 characters carry 3 bytes; line breaks may add a few percent.
  if (value.length > limits.maxBytes * 1.5) {
    refuse("xml_too_large", `${value.length} characters of base64`);
  }
  return requireUtf8(decodeBase64(value, "response_base64"));
}

export function requireUtf8(bytes: Buffer): Buffer {
  if (!isUtf8(bytes)) {
    refuse("xml_encoding", "not UTF-8");
  }
  return bytes;
}
