import { refuse } from "../errors/refusal.ts";
import type { XmlElement } from "../xml/canonical-reader.ts";
import { optionalChild, token, tokenOf } from "../xml/element.ts";
import { NAME_ID_ENTITY, NS } from "../xml/names.ts";

/** An issuer is an entity ID: exactly the expected one, in the entity format or none (SAML 2.0 Profiles §4.1.4.2). */
export function checkIssuer(
  element: XmlElement,
  expected: string,
  missing: "response_issuer_missing" | "assertion_issuer_missing" | "logout_issuer_missing",
  mismatch: "response_issuer_mismatch" | "assertion_issuer_mismatch" | "logout_issuer_mismatch",
): void {
  const issuer = optionalChild(element, NS.assertion, "Issuer") ?? refuse(missing, `expected ${expected}`);
  const value = tokenOf(issuer);
  const format = token(issuer, "Format") ?? NAME_ID_ENTITY;
  if (value !== expected || format !== NAME_ID_ENTITY) {
    refuse(mismatch, differs(expected, value));
  }
}

export function differs(expected: string, actual: string): string {
  return `expected ${expected}, got ${actual}`;
}
