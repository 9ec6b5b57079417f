import type { MessageKind, OutgoingMessage } from "../bindings/message.ts";
import { newMessageId } from "../bindings/message-id.ts";
import type { SamlSubject } from "../types.ts";
import { NS, STATUS_SUCCESS } from "../xml/names.ts";
import { attributeXml, escapeXml } from "../xml/write.ts";

interface LogoutMessage {
  /** The service provider's entity ID. */
  readonly issuer: string;
  /** The IdP's single logout URL for this message. */
  readonly destination: string;
  readonly now: Date;
}

export interface LogoutRequest extends LogoutMessage {
  /** Also sent as RelayState, which IdPs return more surely than InResponseTo. */
  readonly id: string;
  /** Named just as the IdP named them when they signed in. */
  readonly subject: SamlSubject;
  readonly sessionIndex: string | undefined;
}

export interface LogoutResponse extends LogoutMessage {
  readonly inResponseTo: string;
  readonly relayState: string | undefined;
}

/** Asks the IdP to sign a person out (SAML 2.0 Core §3.7.1). */
export function createLogoutRequest(request: LogoutRequest): OutgoingMessage {
  const { id, subject, sessionIndex } = request;
  const nameId =
    `<saml:NameID Format="${escapeXml(subject.format)}"${attributeXml("NameQualifier", subject.nameQualifier)}` +
    `${attributeXml("SPNameQualifier", subject.spNameQualifier)}>${escapeXml(subject.nameId)}</saml:NameID>`;
  const session =
    sessionIndex === undefined ? "" : `<samlp:SessionIndex>${escapeXml(sessionIndex)}</samlp:SessionIndex>`;
  return message("SAMLRequest", "LogoutRequest", request, {
    id,
    attributes: "",
    content: nameId + session,
    relayState: id,
  });
}

/**
 * Answers a logout request with Success (Core §3.7.2): also where there was nobody to sign out, since then the person
 * is signed out, which is what was asked for. IdPs take any other status for a failure and stop there.
 */
export function createLogoutResponse(response: LogoutResponse): OutgoingMessage {
  return message("SAMLResponse", "LogoutResponse", response, {
    id: newMessageId(),
    attributes: attributeXml("InResponseTo", response.inResponseTo),
    content: `<samlp:Status><samlp:StatusCode Value="${STATUS_SUCCESS}"/></samlp:Status>`,
    relayState: response.relayState,
  });
}

function message(
  kind: MessageKind,
  name: "LogoutRequest" | "LogoutResponse",
  { issuer, destination, now }: LogoutMessage,
  parts: {
    readonly id: string;
    readonly attributes: string;
    readonly content: string;
    readonly relayState: string | undefined;
  },
): OutgoingMessage {
  const xml =
    `<?xml version="1.0"?><samlp:${name} xmlns:samlp="${NS.protocol}" xmlns:saml="${NS.assertion}"` +
    ` ID="${escapeXml(parts.id)}" Version="2.0" IssueInstant="${now.toISOString()}"` +
    ` Destination="${escapeXml(destination)}"${parts.attributes}>` +
    `<saml:Issuer>${escapeXml(issuer)}</saml:Issuer>${parts.content}</samlp:${name}>`;
  return { kind, xml, destination, relayState: parts.relayState };
}
