import { Refusal, refuse } from "../errors/refusal.ts";
import type { SamlExpectations, SamlStatus } from "../types.ts";
import type { XmlElement } from "../xml/canonical-reader.ts";
import {
  allowOnly,
  attribute,
  dateTime,
  descendants,
  idOf,
  is,
  optionalChild,
  requiredAttribute,
  requiredChild,
  textOf,
} from "../xml/element.ts";
import { NAME_ID_ENTITY, NS, STATUS_SUCCESS } from "../xml/names.ts";

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
  throw new Refusal("status_not_success", detail, status);
}

export function readStatus(response: XmlElement): SamlStatus {
  const status = requiredChild(response, NS.protocol, "Status");
  allowOnly(status, NS.protocol, ["StatusCode", "StatusMessage", "StatusDetail"]);
  const code = requiredChild(status, NS.protocol, "StatusCode");
  const subCode = optionalChild(code, NS.protocol, "StatusCode");
  const message = optionalChild(status, NS.protocol, "StatusMessage");
  return {
    code: requiredAttribute(code, "Value"),
    ...(subCode === undefined ? {} : { subCode: requiredAttribute(subCode, "Value") }),
    ...(message === undefined ? {} : { message: textOf(message) }),
  };
}

/** Checks what the response says of itself; returns its ID. Comparisons are exact, never by prefix. */
export function checkResponse(response: XmlElement, expected: SamlExpectations, latest: Date): string {
  checkIssuer(response, expected.idpEntityId, "response_issuer_missing", "response_issuer_mismatch");
  const destination = attribute(response, "Destination") ?? "";
  if (destination === "") {
    refuse("destination_missing", `expected ${expected.acsUrl}`);
  }
  if (destination !== expected.acsUrl) {
    refuse("destination_mismatch", differs(expected.acsUrl, destination));
  }
  const inResponseTo = attribute(response, "InResponseTo") ?? "";
  if (inResponseTo === "") {
    refuse("in_response_to_missing");
  }
  if (inResponseTo !== expected.inResponseTo) {
    refuse("in_response_to_mismatch", differs(expected.inResponseTo, inResponseTo));
  }
  checkIssueInstant(response, latest);
  return idOf(response);
}

/** An issuer is an entity ID: exactly the expected one, in the entity format or none (SAML 2.0 Profiles §4.1.4.2). */
export function checkIssuer(
  element: XmlElement,
  expected: string,
  missing: "response_issuer_missing" | "assertion_issuer_missing" | "logout_issuer_missing",
  mismatch: "response_issuer_mismatch" | "assertion_issuer_mismatch" | "logout_issuer_mismatch",
): void {
  const issuer = optionalChild(element, NS.assertion, "Issuer") ?? refuse(missing, `expected ${expected}`);
  const value = textOf(issuer);
  const format = attribute(issuer, "Format") ?? NAME_ID_ENTITY;
  if (value !== expected || format !== NAME_ID_ENTITY) {
    refuse(mismatch, differs(expected, value));
  }
}

export function checkIssueInstant(element: XmlElement, latest: Date): void {
  const issued = dateTime(requiredAttribute(element, "IssueInstant"));
  if (issued > latest) {
    refuse("issued_in_future", `${element.name} issued ${issued.toISOString()}`);
  }
}

export function differs(expected: string, actual: string): string {
  return `expected ${expected}, got ${actual}`;
}
