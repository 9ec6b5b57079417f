import { hash, randomBytes, timingSafeEqual } from "node:crypto";

/**
 * A new bearer token: `<prefix>_` and 32 random bytes in base64url. It is shown once; what is stored is its digest.
 * The prefix tells secret scanners and people what they are looking at.
 */
export function newToken(prefix: string): string {
  return `${prefix}_${randomBytes(32).toString("base64url")}`;
}

/** Whether a text has the form of a token with this prefix: what has not need not be looked up. */
export function isTokenOf(prefix: string, text: string): boolean {
  return text.startsWith(`${prefix}_`) && /^[\w-]{43}$/.test(text.slice(prefix.length + 1));
}

/** SHA-256 of a token. Tokens carry 256 random bits, so a fast digest suffices and can be looked up by index. */
export function digestToken(token: string): Buffer {
  return hash("sha256", token, "buffer");
}

/** Whether a token is the one of `digest`, in constant time. */
export function matchesDigest(token: string, digest: Uint8Array): boolean {
  const own = digestToken(token);
  return own.length === digest.length && timingSafeEqual(own, digest);
}

/** The last four characters: enough to tell two tokens apart in a list, useless for guessing. */
export function tokenHint(token: string): string {
  return token.slice(-4);
}
