import { Refusal, refuse, warning } from "../errors/refusal.ts";
import type { SamlAssertion, SamlAttribute, SamlExpectations, SamlSubject, SamlWarning } from "../types.ts";
import type { XmlElement } from "../xml/canonical-reader.ts";
import {
  allowOnly,
  attribute,
  childrenNamed,
  dateTime,
  idOf,
  is,
  optionalChild,
  requiredAttribute,
  requiredChild,
  textOf,
} from "../xml/element.ts";
import { CONFIRMATION_BEARER, NS } from "../xml/names.ts";
import { readNameId } from "./name-id.ts";
import { checkIssueInstant, checkIssuer, differs } from "./response.ts";

/** `now`, widened on both sides by the tolerated difference of clocks. */
export interface Moment {
  readonly earliest: Date;
  readonly latest: Date;
}

export type AssertionClaims = Omit<
  SamlAssertion,
  "responseId" | "replayableUntil" | "signedBy" | "encrypted" | "xml"
>;

/**
 * Reads a verified saml:Assertion by the rules of the Web Browser SSO profile (SAML 2.0 Profiles §4.1.4.2,
 * §4.1.4.3). Refuses what it does not understand.
 */
export function readAssertion(
  assertion: XmlElement,
  expected: SamlExpectations,
  moment: Moment,
  warnings: SamlWarning[],
): AssertionClaims {
  if (attribute(assertion, "Version") !== "2.0") {
    refuse("element_unexpected", "Assertion of another version");
  }
  allowOnly(assertion, NS.assertion, [
    "Issuer",
    "Subject",
    "Conditions",
    "AuthnStatement",
    "AttributeStatement",
  ]);
  checkIssuer(assertion, expected.idpEntityId, "assertion_issuer_missing", "assertion_issuer_mismatch");
  checkIssueInstant(assertion, moment.latest);
  const subject = optionalChild(assertion, NS.assertion, "Subject") ?? refuse("subject_missing");
  const confirmedUntil = checkConfirmations(subject, expected, moment);
  const conditionsUntil = checkConditions(assertion, expected.audience, moment);
  return {
    id: idOf(assertion),
    issuer: expected.idpEntityId,
    inResponseTo: expected.inResponseTo,
    subject: readSubject(subject),
    ...readAuthnStatement(assertion, moment),
    notOnOrAfter:
      conditionsUntil !== undefined && conditionsUntil < confirmedUntil ? conditionsUntil : confirmedUntil,
    attributes: readAttributes(assertion, warnings),
  };
}

function readSubject(subject: XmlElement): SamlSubject {
  if (optionalChild(subject, NS.assertion, "EncryptedID") !== undefined) {
    refuse("name_id_encrypted");
  }
  allowOnly(subject, NS.assertion, ["NameID", "SubjectConfirmation"]);
  const nameId = optionalChild(subject, NS.assertion, "NameID") ?? refuse("subject_missing", "no NameID");
  return readNameId(nameId, "subject_missing");
}

/** At least one bearer confirmation has to hold; returns the end of the first that does. */
function checkConfirmations(subject: XmlElement, expected: SamlExpectations, moment: Moment): Date {
  const confirmations = childrenNamed(subject, NS.assertion, "SubjectConfirmation");
  const bearers = confirmations.filter((each) => attribute(each, "Method") === CONFIRMATION_BEARER);
  let firstRefusal: Refusal | undefined;
  for (const bearer of bearers) {
    try {
      return checkBearer(bearer, expected, moment);
    } catch (error) {
      if (!(error instanceof Refusal)) {
        throw error;
      }
      firstRefusal ??= error;
    }
  }
  if (firstRefusal !== undefined) {
    throw firstRefusal;
  }
  const methods = confirmations.map((each) => attribute(each, "Method") ?? "none");
  return refuse("confirmation_method", methods.join(", ") || "no SubjectConfirmation");
}

function checkBearer(confirmation: XmlElement, expected: SamlExpectations, moment: Moment): Date {
  const data = requiredChild(confirmation, NS.assertion, "SubjectConfirmationData");
  const recipient = attribute(data, "Recipient") ?? "";
  if (recipient === "") {
    refuse("recipient_missing", `expected ${expected.acsUrl}`);
  }
  if (recipient !== expected.acsUrl) {
    refuse("recipient_mismatch", differs(expected.acsUrl, recipient));
  }
  const inResponseTo = attribute(data, "InResponseTo") ?? "";
  if (inResponseTo === "") {
    refuse("confirmation_in_response_to_missing");
  }
  if (inResponseTo !== expected.inResponseTo) {
    refuse("confirmation_in_response_to_mismatch", differs(expected.inResponseTo, inResponseTo));
  }
  const notOnOrAfter = dateTime(requiredAttribute(data, "NotOnOrAfter"));
  if (notOnOrAfter <= moment.earliest) {
    refuse("confirmation_expired", ended(notOnOrAfter, moment));
  }
  const notBefore = attribute(data, "NotBefore");
  if (notBefore !== undefined && dateTime(notBefore) > moment.latest) {
    refuse("confirmation_not_yet_valid", notBefore);
  }
  return notOnOrAfter;
}

/** Returns the conditions' end, if they set one. */
function checkConditions(assertion: XmlElement, audience: string, moment: Moment): Date | undefined {
  const conditions =
    optionalChild(assertion, NS.assertion, "Conditions") ?? refuse("audience_missing", "no Conditions");
  const known = ["AudienceRestriction", "OneTimeUse", "ProxyRestriction"];
  const unknown = conditions.children.find(
    (each) => each.namespace !== NS.assertion || !known.includes(each.name),
  );
  if (unknown !== undefined) {
    refuse("condition_unknown", unknown.name);
  }
  const notBefore = attribute(conditions, "NotBefore");
  if (notBefore !== undefined && dateTime(notBefore) > moment.latest) {
    refuse("assertion_not_yet_valid", notBefore);
  }
  const notOnOrAfter = attribute(conditions, "NotOnOrAfter");
  const end = notOnOrAfter === undefined ? undefined : dateTime(notOnOrAfter);
  if (end !== undefined && end <= moment.earliest) {
    refuse("assertion_expired", ended(end, moment));
  }
  const restrictions = childrenNamed(conditions, NS.assertion, "AudienceRestriction");
  if (restrictions.length === 0) {
    refuse("audience_missing", `expected ${audience}`);
  }
  // Several restrictions hold together; the audiences of one are alternatives (SAML 2.0 Core §2.5.1.4).
  for (const restriction of restrictions) {
    const audiences = childrenNamed(restriction, NS.assertion, "Audience").map(textOf);
    if (!audiences.includes(audience)) {
      refuse("audience_mismatch", differs(audience, audiences.join(", ") || "none"));
    }
  }
  return end;
}

function ended(end: Date, moment: Moment): string {
  return `ended ${end.toISOString()}, clock less skew is ${moment.earliest.toISOString()}`;
}

type AuthnClaims = Pick<
  SamlAssertion,
  "sessionIndex" | "authnInstant" | "sessionNotOnOrAfter" | "authnContextClassRef"
>;

function readAuthnStatement(assertion: XmlElement, moment: Moment): AuthnClaims {
  const [statement, second] = childrenNamed(assertion, NS.assertion, "AuthnStatement");
  if (statement === undefined) {
    return refuse("authn_statement_missing");
  }
  if (second !== undefined) {
    refuse("authn_statement_multiple");
  }
  const authnInstant = dateTime(requiredAttribute(statement, "AuthnInstant"));
  if (authnInstant > moment.latest) {
    refuse("issued_in_future", `AuthnInstant is ${authnInstant.toISOString()}`);
  }
  const sessionEnd = attribute(statement, "SessionNotOnOrAfter");
  const sessionNotOnOrAfter = sessionEnd === undefined ? undefined : dateTime(sessionEnd);
  if (sessionNotOnOrAfter !== undefined && sessionNotOnOrAfter <= moment.earliest) {
    refuse("session_expired", ended(sessionNotOnOrAfter, moment));
  }
  const sessionIndex = attribute(statement, "SessionIndex");
  const context = optionalChild(statement, NS.assertion, "AuthnContext");
  const classRef = context && optionalChild(context, NS.assertion, "AuthnContextClassRef");
  return {
    authnInstant,
    ...(sessionIndex === undefined ? {} : { sessionIndex }),
    ...(sessionNotOnOrAfter === undefined ? {} : { sessionNotOnOrAfter }),
    ...(classRef === undefined ? {} : { authnContextClassRef: textOf(classRef) }),
  };
}

function readAttributes(assertion: XmlElement, warnings: SamlWarning[]): SamlAttribute[] {
  return childrenNamed(assertion, NS.assertion, "AttributeStatement").flatMap((statement) => {
    if (childrenNamed(statement, NS.assertion, "EncryptedAttribute").length > 0) {
      refuse("attribute_encrypted");
    }
    allowOnly(statement, NS.assertion, ["Attribute"]);
    return statement.children.map((element) => readAttribute(element, warnings));
  });
}

function readAttribute(element: XmlElement, warnings: SamlWarning[]): SamlAttribute {
  allowOnly(element, NS.assertion, ["AttributeValue"]);
  const name = requiredAttribute(element, "Name");
  const nameFormat = attribute(element, "NameFormat");
  const friendlyName = attribute(element, "FriendlyName");
  const values = element.children.filter((value) => !isNil(value)).map(readValue);
  if (values.includes(undefined)) {
    warnings.push(warning("attribute_structured", name));
  }
  return {
    name,
    ...(nameFormat === undefined ? {} : { nameFormat }),
    ...(friendlyName === undefined ? {} : { friendlyName }),
    values: values.filter((value) => value !== undefined),
  };
}

/** Text, or the NameID that eduPersonTargetedID wraps; undefined for any other structure. */
function readValue(value: XmlElement): string | undefined {
  const [child, ...rest] = value.children;
  if (child === undefined) {
    return value.text;
  }
  const alone = rest.length === 0 && value.text.trim() === "";
  return alone && is(child, NS.assertion, "NameID") ? textOf(child) : undefined;
}

function isNil(value: XmlElement): boolean {
  return value.attributes.some(
    (each) => each.name === "nil" && each.namespace === NS.schemaInstance && /^(?:true|1)$/.test(each.value),
  );
}
