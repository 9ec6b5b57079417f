import { randomUUID } from "node:crypto";
import { redirectQuery } from "../bindings/redirect.ts";
import { type Signer, signElement } from "../signature/sign.ts";
import { NS, STATUS_SUCCESS } from "../xml/names.ts";
import { attributeXml, escapeXml } from "../xml/write.ts";
import { statusXml, type TestStatus, toFormValue } from "./markup.ts";

interface TestMessageOptions {
  /** The SP's single logout URL. */
  readonly destination: string;
  readonly id?: string;
  readonly now?: Date;
  readonly issuer?: string;
  readonly signer?: Partial<Signer>;
  /** Last changes before signing, for what an honest IdP would not send. */
  readonly edit?: (xml: string) => string;
}

/** One logout that the IdP asks for. */
export interface TestLogoutRequest extends TestMessageOptions {
  readonly nameId?: string;
  readonly nameIdFormat?: string;
  readonly nameQualifier?: string;
  readonly spNameQualifier?: string;
  readonly sessionIndexes?: readonly string[];
  readonly notOnOrAfter?: Date;
}

/** The IdP's answer to our logout request. */
export interface TestLogoutResponse extends TestMessageOptions {
  readonly inResponseTo: string;
  readonly status?: TestStatus;
}

/** A logout message, for either binding. */
export interface TestLogoutMessage {
  readonly id: string;
  /** Not signed. */
  readonly xml: string;
  /** The signed query string of HTTP-Redirect, without a question mark. */
  query(relayState?: string): string;
  /** The form value of HTTP-POST, its root signed. */
  formValue(): string;
}

export function logoutRequest(
  entityId: string,
  signer: Signer,
  logout: TestLogoutRequest,
): TestLogoutMessage {
  const { nameIdFormat = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress", notOnOrAfter } = logout;
  const nameId =
    `<saml:NameID xmlns:saml="${NS.assertion}" Format="${escapeXml(nameIdFormat)}"` +
    `${attributeXml("NameQualifier", logout.nameQualifier)}${attributeXml("SPNameQualifier", logout.spNameQualifier)}>` +
    `${escapeXml(logout.nameId ?? "jo@example.test")}</saml:NameID>`;
  const indexes = (logout.sessionIndexes ?? []).map(
    (index) => `<samlp:SessionIndex>${escapeXml(index)}</samlp:SessionIndex>`,
  );
  return message("SAMLRequest", "LogoutRequest", entityId, signer, logout, {
    attributes: attributeXml("NotOnOrAfter", notOnOrAfter?.toISOString()),
    content: nameId + indexes.join(""),
  });
}

export function logoutResponse(
  entityId: string,
  signer: Signer,
  answer: TestLogoutResponse,
): TestLogoutMessage {
  return message("SAMLResponse", "LogoutResponse", entityId, signer, answer, {
    attributes: attributeXml("InResponseTo", answer.inResponseTo),
    content: statusXml(answer.status ?? { code: STATUS_SUCCESS }),
  });
}

function message(
  parameter: "SAMLRequest" | "SAMLResponse",
  name: string,
  entityId: string,
  base: Signer,
  options: TestMessageOptions,
  parts: { readonly attributes: string; readonly content: string },
): TestLogoutMessage {
  const id = options.id ?? `_${randomUUID()}`;
  const signer = { ...base, ...options.signer };
  const plain =
    `<samlp:${name} xmlns:samlp="${NS.protocol}" ID="${id}" Version="2.0"` +
    ` IssueInstant="${(options.now ?? new Date()).toISOString()}" Destination="${escapeXml(options.destination)}"${parts.attributes}>` +
    `<saml:Issuer xmlns:saml="${NS.assertion}">${escapeXml(options.issuer ?? entityId)}</saml:Issuer>` +
    `${parts.content}</samlp:${name}>`;
  const xml = options.edit === undefined ? plain : options.edit(plain);
  return {
    id,
    xml,
    query: (relayState) => redirectQuery({ kind: parameter, xml, relayState }, signer),
    formValue: () => toFormValue(signElement(xml, id, signer)),
  };
}
