import { randomBytes } from "node:crypto";

/** A new ID for a message: an NCName, which must not start with a digit (SAML 2.0 Core §1.3.4). */
export function newMessageId(): string {
  return `_${randomBytes(20).toString("hex")}`;
}

/** Whether `text` could be one of our IDs: anything else that comes back need not be looked up. */
export function isMessageId(text: string): boolean {
  return /^_[0-9a-f]{40}$/.test(text);
}
