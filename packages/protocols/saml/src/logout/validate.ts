import type { MessageRules, ReadMessage } from "../bindings/message.ts";
import { readPostedMessage } from "../bindings/post.ts";
import { readRedirectMessage } from "../bindings/redirect.ts";
import { answering, refuse } from "../errors/refusal.ts";
import { DEFAULT_CLOCK_SKEW_MS } from "../limits.ts";
import { checkIssuer, differs } from "../messages/issuer.ts";
import { checkIssueInstant, compareTimes, type Moment, momentAt } from "../messages/moment.ts";
import { readNameId } from "../messages/name-id.ts";
import { readStatus } from "../messages/status.ts";
import type {
  SamlFailure,
  SamlLogoutRequest,
  SamlLogoutResponse,
  SamlTransport,
  ValidateLogoutInput,
} from "../types.ts";
import type { XmlElement } from "../xml/canonical-reader.ts";
import {
  attribute,
  childrenNamed,
  dateTime,
  idOf,
  is,
  optionalChild,
  requiredToken,
  textOf,
  token,
} from "../xml/element.ts";
import { NS, STATUS_SUCCESS } from "../xml/names.ts";

/** How long after its IssueInstant a logout request is good, also where it names a later end or none. */
const LOGOUT_REQUEST_LIFETIME_MS = 5 * 60_000;
const PARTIAL_LOGOUT = "urn:oasis:names:tc:SAML:2.0:status:PartialLogout";

/**
 * Validates an IdP's LogoutRequest (SAML 2.0 Core §3.7.1, Profiles §4.4.4.1). It must be signed, whatever the
 * binding. By the same rule as login responses: verify, take what the signature covered, read only that.
 * Not detected here, because it needs storage: a second use of `request.id` before `replayableUntil`.
 */
export function validateLogoutRequest(
  input: ValidateLogoutInput,
): { readonly ok: true; readonly request: SamlLogoutRequest } | SamlFailure {
  return answering(() => {
    const message = readMessage("SAMLRequest", input);
    const { root } = message;
    requireMessage(root, "LogoutRequest", ["NameID", "EncryptedID", "BaseID"], ["SessionIndex"]);
    checkSender(root, input);
    const goodUntil = checkWindow(root, input);
    if (optionalChild(root, NS.assertion, "EncryptedID") !== undefined) {
      refuse("name_id_encrypted");
    }
    const nameId = optionalChild(root, NS.assertion, "NameID") ?? refuse("logout_subject_missing");
    const request: SamlLogoutRequest = {
      id: idOf(root),
      subject: readNameId(nameId, "logout_subject_missing"),
      sessionIndexes: childrenNamed(root, NS.protocol, "SessionIndex").map(textOf),
      replayableUntil: new Date(goodUntil.getTime() + skewOf(input)),
      ...transported(message),
    };
    return { ok: true, request };
  });
}

/**
 * Validates an IdP's LogoutResponse (Core §3.7.2) as the answer to the request `expected.inResponseTo`. Whether
 * the IdP succeeded is for the caller to look at: a valid message may bring bad news.
 */
export function validateLogoutResponse(
  input: ValidateLogoutInput<"inResponseTo">,
): { readonly ok: true; readonly response: SamlLogoutResponse } | SamlFailure {
  return answering(() => {
    const message = readMessage("SAMLResponse", input);
    const { root } = message;
    requireMessage(root, "LogoutResponse", [], ["Status"]);
    checkSender(root, input);
    checkIssueInstant(root, momentOf(input));
    const { inResponseTo: expected } = input.expected;
    const inResponseTo = token(root, "InResponseTo") ?? "";
    if (inResponseTo === "") {
      refuse("logout_in_response_to_missing");
    }
    if (inResponseTo !== expected) {
      refuse("logout_in_response_to_mismatch", differs(expected, inResponseTo));
    }
    const status = readStatus(root);
    const response: SamlLogoutResponse = {
      id: idOf(root),
      inResponseTo,
      status,
      // Profiles §4.4.3.4: the IdP could not sign out everybody else. It stands below Success or Responder.
      outcome:
        status.subCode === PARTIAL_LOGOUT
          ? "partial"
          : status.code === STATUS_SUCCESS
            ? "success"
            : "failure",
      ...transported(message),
    };
    return { ok: true, response };
  });
}

/**
 * Which request a LogoutResponse claims to answer; undefined where it cannot be told. Nothing in it is verified:
 * good for finding what waits for the answer, for nothing else.
 */
export function peekLogoutResponse(transport: SamlTransport): string | undefined {
  const claimed = answering(() => token(readTransport("SAMLResponse", transport, {}).root, "InResponseTo"));
  return typeof claimed === "string" ? claimed : undefined;
}

function readMessage(kind: ReadMessage["kind"], input: ValidateLogoutInput): ReadMessage {
  if (input.certificates.length === 0) {
    refuse("certificate_missing");
  }
  const message = readTransport(kind, input.transport, input);
  if (message.kind !== kind) {
    refuse("not_a_logout_message", differs(kind, message.kind));
  }
  return message;
}

function readTransport(
  kind: ReadMessage["kind"],
  transport: SamlTransport,
  rules: MessageRules,
): ReadMessage {
  if (transport.binding === "redirect") {
    return readRedirectMessage(transport.query, rules);
  }
  const { value, relayState } = transport;
  return { ...readPostedMessage(kind, value, rules), ...(relayState === undefined ? {} : { relayState }) };
}

/** The root and its children, by name. Extensions are there to be ignored (Core §3.2.1). */
function requireMessage(
  root: XmlElement,
  name: "LogoutRequest" | "LogoutResponse",
  assertionChildren: readonly string[],
  protocolChildren: readonly string[],
): void {
  if (!is(root, NS.protocol, name)) {
    refuse("not_a_logout_message", `root is ${root.name} in ${root.namespace}`);
  }
  if (attribute(root, "Version") !== "2.0") {
    refuse("not_a_logout_message", "Version is not 2.0");
  }
  const known: Readonly<Record<string, readonly string[]>> = {
    [NS.assertion]: ["Issuer", ...assertionChildren],
    [NS.protocol]: ["Extensions", ...protocolChildren],
  };
  const stranger = root.children.find((child) => known[child.namespace]?.includes(child.name) !== true);
  if (stranger !== undefined) {
    refuse("element_unexpected", `${stranger.name} in ${name}`);
  }
  if (root.text.trim() !== "") {
    refuse("element_unexpected", `text in ${name}`);
  }
}

/** From whom, and to whom: a signed message must name its Destination (Bindings §3.4.5.2, §3.5.5.2). */
function checkSender(root: XmlElement, { expected }: ValidateLogoutInput): void {
  checkIssuer(root, expected.idpEntityId, "logout_issuer_missing", "logout_issuer_mismatch");
  const destination = token(root, "Destination") ?? "";
  if (destination === "") {
    refuse("logout_destination_missing", `expected ${expected.destination}`);
  }
  if (destination !== expected.destination) {
    refuse("logout_destination_mismatch", differs(expected.destination, destination));
  }
}

/** Returns until when the request is good, clock skew not counted. */
function checkWindow(root: XmlElement, input: ValidateLogoutInput): Date {
  checkIssueInstant(root, momentOf(input));
  const issued = dateTime(requiredToken(root, "IssueInstant"));
  const end = token(root, "NotOnOrAfter");
  const oldest = issued.getTime() + LOGOUT_REQUEST_LIFETIME_MS;
  const goodUntil = new Date(end === undefined ? oldest : Math.min(oldest, dateTime(end).getTime()));
  if (goodUntil.getTime() <= input.now.getTime() - skewOf(input)) {
    refuse("logout_expired", compareTimes("Its end", goodUntil, momentOf(input)));
  }
  return goodUntil;
}

function momentOf(input: ValidateLogoutInput): Moment {
  return momentAt(input.now, skewOf(input));
}

function skewOf({ clockSkewMs = DEFAULT_CLOCK_SKEW_MS }: ValidateLogoutInput): number {
  return clockSkewMs;
}

function transported({ xml, relayState }: ReadMessage): { xml: string; relayState?: string } {
  return { xml, ...(relayState === undefined ? {} : { relayState }) };
}
