import { domainToASCII, domainToUnicode } from "node:url";

const ADDRESS = /^[^\s@"<>]{1,64}@[^\s@"<>]{1,255}$/;
// Control characters break logs and headers; lone surrogates would all be stored as the same character; format
// characters are not to be seen, and make one address look like another.
const UNFIT = /[\p{Cc}\p{Cs}\p{Cf}]/u;
/** Nearly all arrive in their canonical form. */
const ORDINARY =
  /^[a-z0-9](?:[a-z0-9._%+'-]{0,62}[a-z0-9])?@(?:[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;
/** What directories and IdPs put before an address: a proxy address of Exchange, a URL (RFC 6068). No address has it. */
const PREFIXED = /^(?:mailto|smtp):/i;
/** `domainToASCII` parses a URL's host: at these it would cut off what follows, and drop line breaks. */
const NOT_IN_A_HOST = /[\s/\\?#@:%]/;

/**
 * The one form in which email addresses are stored and compared, everywhere: trimmed, lower case, the domain as DNS
 * has it (IDNA, RFC 5891): `Anna@MÜNCHEN.de` and `anna@xn--mnchen-3ya.de` are one. Null when the text is no address.
 */
export function canonicalAddress(text: string): string | null {
  if (text.length <= 254 && ORDINARY.test(text)) {
    return text;
  }
  const trimmed = text.trim();
  const lower = trimmed.toLowerCase();
  // Of the Kelvin sign the lower case is k: one person's address would become another's.
  if (lower.toUpperCase() !== trimmed.toUpperCase()) {
    return null;
  }
  if (!ADDRESS.test(lower) || UNFIT.test(lower) || PREFIXED.test(lower)) {
    return null;
  }
  const at = lower.lastIndexOf("@");
  const domain = canonicalDomain(lower.slice(at + 1));
  return domain === "" ? null : `${lower.slice(0, at)}@${domain}`;
}

/** The domain of an address as domains are stored, or null when the text holds none. */
export function domainOf(address: string): string | null {
  const at = address.lastIndexOf("@");
  const domain = canonicalDomain(address.slice(at + 1));
  return at < 1 || domain === "" ? null : domain;
}

/** Lower case, as DNS has it; empty when it is no host name. */
export function canonicalDomain(domain: string): string {
  const name = domain.trim().toLowerCase();
  if (PLAIN.test(name)) {
    return name;
  }
  if (NOT_IN_A_HOST.test(name) || name.endsWith(".")) {
    return "";
  }
  return domainToASCII(name);
}

/** Most are their own canonical form. What looks like an IPv4 address is not, to a URL parser. */
const PLAIN = /^(?:[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;

/** A canonical address as people read it, its domain in their own script. */
export function readableAddress(address: string): string {
  const at = address.lastIndexOf("@");
  const domain = address.slice(at + 1);
  if (!domain.includes("xn--")) {
    return address;
  }
  const readable = domainToUnicode(domain);
  return readable === "" ? address : address.slice(0, at + 1) + readable;
}
