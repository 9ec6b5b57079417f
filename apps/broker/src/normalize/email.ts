import { domainToASCII } from "node:url";

const ADDRESS = /^[^\s@"<>]{1,64}@[^\s@"<>]{1,255}$/;
// Control characters break logs and headers; lone surrogates would all be stored as the same character; format
// characters are not to be seen, and make one address look like another.
const UNFIT = /[\p{Cc}\p{Cs}\p{Cf}]/u;
/** `domainToASCII` parses a URL's host: at these it would cut off what follows, and drop line breaks. */
const NOT_IN_A_HOST = /[\s/\\?#@:%]/;

/** An email address in lower case, or null when it is none. */
export function emailOf(value: string): string | null {
  const asserted = value.trim();
  const email = asserted.toLowerCase();
  // Of the Kelvin sign the lower case is k: one person's address would become another's.
  if (email.toUpperCase() !== asserted.toUpperCase()) return null;
  return ADDRESS.test(email) && !UNFIT.test(email) && domainOf(email) !== null ? email : null;
}

/** The domain of an email address as domains are stored, or null when the text is no address. */
export function domainOf(email: string): string | null {
  const at = email.lastIndexOf("@");
  const domain = canonicalDomain(email.slice(at + 1));
  return at < 1 || domain === "" ? null : domain;
}

/** Lower case, punycode; empty when it is no host name. */
export function canonicalDomain(domain: string): string {
  const name = domain.trim().toLowerCase();
  return NOT_IN_A_HOST.test(name) ? "" : domainToASCII(name);
}
