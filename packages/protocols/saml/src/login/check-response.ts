import { Refusal, refuse } from "../errors/refusal.ts";
import { checkIssuer, differs } from "../messages/issuer.ts";
import { checkIssueInstant, type Moment } from "../messages/moment.ts";
import { readStatus, statusAdvice } from "../messages/status.ts";
import type { SamlExpectations } from "../types.ts";
import type { XmlElement } from "../xml/canonical-reader.ts";
import { attribute, descendants, idOf, is, optionalChild, token } from "../xml/element.ts";
import { NS, STATUS_SUCCESS } from "../xml/names.ts";

/** What a response holds, once its shape is known to be the only one that is understood. */
export interface ResponseParts {
  readonly response: XmlElement;
  /** The one saml:Assertion or saml:EncryptedAssertion, a direct child of the response. */
  readonly assertion: XmlElement;
}

export function requireResponse(root: XmlElement): void {
  if (!is(root, NS.protocol, "Response")) {
    refuse("not_a_response", `root is ${root.name} in ${root.namespace}`);
  }
  const version = attribute(root, "Version");
  if (version !== "2.0") {
    refuse("not_a_response", `Version is ${version ?? "missing"}`);
  }
}

function isAssertion(element: XmlElement): boolean {
  return is(element, NS.assertion, "Assertion") || is(element, NS.assertion, "EncryptedAssertion");
}

/**
 * Finds the one assertion. Names are compared without namespace over the whole document: signature wrapping
 * needs a second assertion or a signature in an unexpected place, under whatever namespace (Somorovsky et
 * al.: On Breaking SAML, 2012).
 */
export function findAssertion(response: XmlElement): ResponseParts {
  const elements = descendants(response);
  const [assertion, ...others] = elements.filter(
    ({ name }) => name === "Assertion" || name === "EncryptedAssertion",
  );
  if (assertion === undefined) {
    return refuse("assertion_missing");
  }
  if (others.length > 0) {
    refuse("assertion_multiple", `${others.length + 1} assertions`);
  }
  if (!response.children.includes(assertion) || !isAssertion(assertion)) {
    refuse("assertion_misplaced");
  }
  for (const element of elements) {
    if (element === response || element === assertion) {
      continue;
    }
    if (element.children.some(({ name }) => name === "Signature")) {
      refuse("signature_misplaced", `in ${element.name}`);
    }
  }
  refuseStrangers(response);
  return { response, assertion };
}

function refuseStrangers(response: XmlElement): void {
  const known = (child: XmlElement) =>
    is(child, NS.assertion, "Issuer") ||
    is(child, NS.signature, "Signature") ||
    is(child, NS.protocol, "Status") ||
    // There to be ignored by whoever does not know it (Core §3.2.2).
    is(child, NS.protocol, "Extensions") ||
    isAssertion(child);
  const stranger = response.children.find((child) => !known(child));
  if (stranger !== undefined) {
    refuse("element_unexpected", `${stranger.name} in ${response.name}`);
  }
  if (response.text.trim() !== "") {
    refuse("element_unexpected", `text in ${response.name}`);
  }
}

/** The IdP's own verdict. Not Success ends here, with what it said. */
export function checkStatus(response: XmlElement): void {
  const status = readStatus(response);
  if (status.code === STATUS_SUCCESS) {
    return;
  }
  const detail = [status.code, status.subCode, status.message]
    .filter((part) => part !== undefined)
    .join(", ");
  throw new Refusal("status_not_success", detail, { status, fix: statusAdvice(status) });
}

/**
 * Checks what the response says of itself; returns its ID. Comparisons are exact, never by prefix. An issuer may be left
 * out where the response is neither signed nor encrypted (Profiles §4.1.4.2, errata E26), a destination where it is not
 * signed (Bindings §3.5.5.2): the assertion's issuer and recipient say the same.
 */
export function checkResponse(
  response: XmlElement,
  expected: SamlExpectations,
  { isSigned, isEncrypted }: { readonly isSigned: boolean; readonly isEncrypted: boolean },
  moment: Moment,
): string {
  if (isSigned || isEncrypted || optionalChild(response, NS.assertion, "Issuer") !== undefined) {
    checkIssuer(response, expected.idpEntityId, "response_issuer_missing", "response_issuer_mismatch");
  }
  const destination = token(response, "Destination") ?? "";
  if (destination === "" && isSigned) {
    refuse("destination_missing", `expected ${expected.acsUrl}`);
  }
  if (destination !== "" && destination !== expected.acsUrl) {
    refuse("destination_mismatch", differs(expected.acsUrl, destination));
  }
  const inResponseTo = token(response, "InResponseTo") ?? "";
  if (inResponseTo === "") {
    refuse("in_response_to_missing");
  }
  if (inResponseTo !== expected.inResponseTo) {
    refuse("in_response_to_mismatch", differs(expected.inResponseTo, inResponseTo));
  }
  checkIssueInstant(response, moment);
  return idOf(response);
}
