import { Refusal, refuse, warning } from "../errors/refusal.ts";
import { checkIssuer, differs } from "../messages/issuer.ts";
import { checkIssueInstant, compareTimes, type Moment } from "../messages/moment.ts";
import { readNameId } from "../messages/name-id.ts";
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
  requiredToken,
  textOf,
  token,
  tokenOf,
} from "../xml/element.ts";
import { CONFIRMATION_BEARER, NS } from "../xml/names.ts";

export type AssertionClaims = Omit<
  SamlAssertion,
  "responseId" | "replayableUntil" | "signedBy" | "encrypted" | "xml"
>;

/** What the schema lets stand in an assertion (Core §2.3.3). Advice and unknown statements are there to be ignored. */
const PARTS = [
  "Issuer",
  "Subject",
  "Conditions",
  "Advice",
  "Statement",
  "AuthnStatement",
  "AuthzDecisionStatement",
  "AttributeStatement",
];

/**
 * Reads a verified saml:Assertion by the rules of the Web Browser SSO profile (SAML 2.0 Profiles §4.1.4.2,
 * §4.1.4.3). Refuses what it does not understand.
 */
export function readAssertion(
  assertion: XmlElement,
  expected: SamlExpectations,
  moment: Moment,
  nameIdRequired: boolean,
  warnings: SamlWarning[],
): AssertionClaims {
  if (attribute(assertion, "Version") !== "2.0") {
    refuse("element_unexpected", "Assertion of another version");
  }
  allowOnly(assertion, NS.assertion, PARTS);
  checkIssuer(assertion, expected.idpEntityId, "assertion_issuer_missing", "assertion_issuer_mismatch");
  checkIssueInstant(assertion, moment);
  const subject = optionalChild(assertion, NS.assertion, "Subject") ?? refuse("subject_missing");
  const confirmedUntil = checkConfirmations(subject, expected, moment);
  const conditionsUntil = checkConditions(assertion, expected.audience, moment);
  return {
    id: idOf(assertion),
    issuer: expected.idpEntityId,
    inResponseTo: expected.inResponseTo,
    ...readSubject(subject, nameIdRequired),
    ...readAuthnStatement(assertion, moment),
    notOnOrAfter:
      conditionsUntil !== undefined && conditionsUntil < confirmedUntil ? conditionsUntil : confirmedUntil,
    attributes: readAttributes(assertion, warnings),
  };
}

/** Identifiers other than a NameID in the clear are passed over where none is needed. */
function readSubject(subject: XmlElement, nameIdRequired: boolean): { readonly subject?: SamlSubject } {
  allowOnly(subject, NS.assertion, ["BaseID", "NameID", "EncryptedID", "SubjectConfirmation"]);
  const nameId = optionalChild(subject, NS.assertion, "NameID");
  if (nameId !== undefined && (nameIdRequired || textOf(nameId).trim() !== "")) {
    return { subject: readNameId(nameId, "subject_missing") };
  }
  if (!nameIdRequired) {
    return {};
  }
  if (optionalChild(subject, NS.assertion, "EncryptedID") !== undefined) {
    refuse("name_id_encrypted");
  }
  return refuse("subject_missing", "no NameID");
}

/** At least one bearer confirmation has to hold; returns the end of the first that does. */
function checkConfirmations(subject: XmlElement, expected: SamlExpectations, moment: Moment): Date {
  const confirmations = childrenNamed(subject, NS.assertion, "SubjectConfirmation");
  const bearers = confirmations.filter((each) => token(each, "Method") === CONFIRMATION_BEARER);
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
  const methods = confirmations.map((each) => token(each, "Method") ?? "none");
  return refuse("confirmation_method", methods.join(", ") || "no SubjectConfirmation");
}

function checkBearer(confirmation: XmlElement, expected: SamlExpectations, moment: Moment): Date {
  const data = requiredChild(confirmation, NS.assertion, "SubjectConfirmationData");
  const recipient = token(data, "Recipient") ?? "";
  if (recipient === "") {
    refuse("recipient_missing", `expected ${expected.acsUrl}`);
  }
  if (recipient !== expected.acsUrl) {
    refuse("recipient_mismatch", differs(expected.acsUrl, recipient));
  }
  const inResponseTo = token(data, "InResponseTo") ?? "";
  if (inResponseTo === "") {
    refuse("confirmation_in_response_to_missing");
  }
  if (inResponseTo !== expected.inResponseTo) {
    refuse("confirmation_in_response_to_mismatch", differs(expected.inResponseTo, inResponseTo));
  }
  const notOnOrAfter = dateTime(requiredToken(data, "NotOnOrAfter"));
  if (notOnOrAfter <= moment.earliest) {
    refuse("confirmation_expired", compareTimes("NotOnOrAfter", notOnOrAfter, moment));
  }
  checkNotBefore(data, "confirmation_not_yet_valid", moment);
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
  checkNotBefore(conditions, "assertion_not_yet_valid", moment);
  const notOnOrAfter = token(conditions, "NotOnOrAfter");
  const end = notOnOrAfter === undefined ? undefined : dateTime(notOnOrAfter);
  if (end !== undefined && end <= moment.earliest) {
    refuse("assertion_expired", compareTimes("NotOnOrAfter", end, moment));
  }
  const restrictions = childrenNamed(conditions, NS.assertion, "AudienceRestriction");
  if (restrictions.length === 0) {
    refuse("audience_missing", `expected ${audience}`);
  }
  // Several restrictions hold together; the audiences of one are alternatives (SAML 2.0 Core §2.5.1.4).
  for (const restriction of restrictions) {
    const audiences = childrenNamed(restriction, NS.assertion, "Audience").map(tokenOf);
    if (!audiences.includes(audience)) {
      refuse("audience_mismatch", differs(audience, audiences.join(", ") || "none"));
    }
  }
  return end;
}

function checkNotBefore(
  element: XmlElement,
  code: "confirmation_not_yet_valid" | "assertion_not_yet_valid",
  moment: Moment,
): void {
  const notBefore = token(element, "NotBefore");
  const start = notBefore === undefined ? undefined : dateTime(notBefore);
  if (start !== undefined && start > moment.latest) {
    refuse(code, compareTimes("NotBefore", start, moment));
  }
}

type AuthnClaims = Pick<
  SamlAssertion,
  "sessionIndex" | "authnInstant" | "sessionNotOnOrAfter" | "authnContextClassRef"
>;

/**
 * The newest of the statements whose session has not ended. There is mostly one; an IdP that keeps several sign-ins of a
 * person (password, then a second factor) states each. The session ends with the first of those that end.
 */
function readAuthnStatement(assertion: XmlElement, moment: Moment): AuthnClaims {
  const statements = childrenNamed(assertion, NS.assertion, "AuthnStatement").map((each) =>
    readOneStatement(each, moment),
  );
  const [first] = statements;
  if (first === undefined) {
    return refuse("authn_statement_missing");
  }
  const live = statements.filter(
    ({ sessionNotOnOrAfter: end }) => end === undefined || end > moment.earliest,
  );
  const [newest] = live.toSorted((a, b) => b.authnInstant.getTime() - a.authnInstant.getTime());
  if (newest === undefined) {
    const { sessionNotOnOrAfter: over = moment.earliest } = first;
    return refuse("session_expired", compareTimes("SessionNotOnOrAfter", over, moment));
  }
  const [end] = live
    .flatMap(({ sessionNotOnOrAfter }) => sessionNotOnOrAfter ?? [])
    .toSorted((a, b) => a.getTime() - b.getTime());
  return { ...newest, ...(end === undefined ? {} : { sessionNotOnOrAfter: end }) };
}

function readOneStatement(statement: XmlElement, moment: Moment): AuthnClaims {
  const authnInstant = dateTime(requiredToken(statement, "AuthnInstant"));
  if (authnInstant > moment.latest) {
    refuse("issued_in_future", compareTimes("AuthnInstant", authnInstant, moment));
  }
  const sessionEnd = token(statement, "SessionNotOnOrAfter");
  const sessionIndex = attribute(statement, "SessionIndex");
  const context = optionalChild(statement, NS.assertion, "AuthnContext");
  const classRef = context && optionalChild(context, NS.assertion, "AuthnContextClassRef");
  return {
    authnInstant,
    ...(sessionIndex === undefined ? {} : { sessionIndex }),
    ...(sessionEnd === undefined ? {} : { sessionNotOnOrAfter: dateTime(sessionEnd) }),
    ...(classRef === undefined ? {} : { authnContextClassRef: tokenOf(classRef) }),
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
  const nameFormat = token(element, "NameFormat");
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
