import { domainToASCII } from "node:url";

const ADDRESS = /^[^\s@"<>]{1,64}@[^\s@"<>]{1,255}$/;
// Control characters break logs and headers; lone surrogates would all be stored as the same character.
const UNFIT = /[\p{Cc}\p{Cs}]/u;
/** `domainToASCII` parses a URL's host: at these it would cut off what follows, and drop line breaks. */
const NOT_IN_A_HOST = /[\s/\\?#@:%]/;

/** An email address in lower case, or null when it is none. */
export function emailOf(value: string): string | null {
  const email = value.trim().toLowerCase();
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
