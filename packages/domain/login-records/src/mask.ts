import { cutText } from "@sallyport/database";

/** Longest message kept in a record, in characters. */
const MAX_LENGTH = 128 * 1024;
/** Of one that nobody has vouched for: anybody can send it, and its beginning tells what it is. */
const MAX_UNVERIFIED_LENGTH = 4 * 1024;
const MASK = "[masked]";

/**
 * SAML as a record keeps it: readable, but not fit to be posted again. Without its signature value a message
 * that was refused (and so never used up) proves nothing to anybody.
 */
export function maskXml(xml: string): string {
  return cut(mask(xml), MAX_LENGTH);
}

/** The same of a message that was refused. */
export function maskUnverifiedXml(xml: string): string {
  return cut(mask(xml), MAX_UNVERIFIED_LENGTH);
}

/** The same of one that nothing has parsed. In UTF-16 the names below would hide from their pattern. */
export function maskUnparsedXml(text: string): string {
  return maskUnverifiedXml(text.replaceAll("\0", ""));
}

function mask(xml: string): string {
  return xml.replace(SECRET_ELEMENTS, (_all, open) => `${open}${MASK}`);
}

// Up to the element's end, or else the text's: a comment, or what is no XML, does not end it.
const SECRET_ELEMENTS =
  /(<(?:[^\s<>/:]+:)?(SignatureValue|CipherValue)(?:\s[^<>]*)?(?<!\/)>)[\s\S]*?(?=<\/(?:[^\s<>/:]+:)?\2\s*>|$)/g;

const SECRET_PARAMETERS = [
  "state",
  "nonce",
  "code",
  "RelayState",
  "Signature",
  "client_secret",
  "id_token",
  "access_token",
  "refresh_token",
  "response",
];

/** A URL's secrets masked: what ties it to one browser, and what could be redeemed. */
export function maskUrl(url: URL): string {
  return cut(withoutSecrets(url), MAX_LENGTH);
}

/** The same of one that anybody may have made. */
export function maskUnverifiedUrl(url: URL): string {
  return cut(withoutSecrets(url), MAX_UNVERIFIED_LENGTH);
}

function withoutSecrets(url: URL): string {
  const masked = new URL(url);
  for (const name of SECRET_PARAMETERS) {
    if (masked.searchParams.has(name)) {
      masked.searchParams.set(name, MASK);
    }
  }
  return masked.toString();
}

/** Claims as indented JSON. */
export function showClaims(claims: Readonly<Record<string, unknown>>): string {
  return cut(JSON.stringify(claims, null, 2), MAX_LENGTH);
}

function cut(text: string, most: number): string {
  // PostgreSQL stores no NUL in text.
  const clean = text.replaceAll("\0", "\uFFFD");
  return clean.length <= most ? clean : `${cutText(clean, most)}\n[cut]`;
}
