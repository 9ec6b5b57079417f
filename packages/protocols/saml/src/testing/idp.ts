import { createPrivateKey, generateKeyPairSync, type KeyObject, randomUUID } from "node:crypto";
import { selfSignedCertificate } from "../signature/self-signed.ts";
import { type Signer, signElement } from "../signature/sign.ts";
import { CONFIRMATION_BEARER, NS, STATUS_SUCCESS } from "../xml/names.ts";
import { escapeXml } from "../xml/write.ts";
import { type Encryption, encryptAssertion } from "./encrypt.ts";
import {
  logoutRequest,
  logoutResponse,
  type TestLogoutMessage,
  type TestLogoutRequest,
  type TestLogoutResponse,
} from "./logout.ts";
import { statusXml, type TestStatus, toFormValue } from "./markup.ts";
import { idpMetadata, type TestMetadata } from "./metadata.ts";

export interface TestIdpOptions {
  readonly entityId?: string;
  readonly ssoUrl?: string;
  readonly sloUrl?: string;
  /** Where logout responses go, when elsewhere than requests. */
  readonly sloResponseUrl?: string;
  /** PEM; a new RSA-2048 key by default. */
  readonly privateKey?: string;
  /** PEM; self-signed by default. */
  readonly certificate?: string;
}

/** One login to be asserted. Only what the service provider expects has no default. */
export interface TestLogin {
  readonly audience: string;
  readonly acsUrl: string;
  /** undefined makes an unsolicited (IdP-initiated) response. */
  readonly inResponseTo: string | undefined;
  readonly nameId?: string;
  readonly nameIdFormat?: string;
  readonly attributes?: Readonly<Record<string, string | readonly string[]>>;
  readonly sessionIndex?: string;
  readonly authnContextClassRef?: string;
  readonly responseId?: string;
  readonly assertionId?: string;
  readonly now?: Date;
  readonly lifetimeMs?: number;
  /** "assertion" by default. */
  readonly sign?: "assertion" | "response" | "both" | "none";
  readonly encryptFor?: Encryption;
  readonly signer?: Partial<Signer>;
  /** Last changes before signing, for what an honest IdP would not send. */
  readonly editAssertion?: (xml: string) => string;
  readonly editResponse?: (xml: string) => string;
}

export interface TestIdp {
  readonly entityId: string;
  readonly privateKey: KeyObject;
  /** PEM. */
  readonly certificate: string;
  readonly signer: Signer;
  /** IdP metadata XML. */
  metadata(options?: TestMetadata): string;
  /** Response XML. */
  responseXml(login: TestLogin): string;
  /** The `SAMLResponse` form value. */
  signResponse(login: TestLogin): string;
  /** The form value of an error response; unsigned, as most IdPs send it. */
  errorResponse(login: Pick<TestLogin, "acsUrl" | "inResponseTo" | "now">, status: TestStatus): string;
  logoutRequest(logout: TestLogoutRequest): TestLogoutMessage;
  logoutResponse(answer: TestLogoutResponse): TestLogoutMessage;
}

/** An IdP for tests, the demo and load: signs some hundred logins a second. Never for real users. */
export function createTestIdp(options: TestIdpOptions = {}): TestIdp {
  const entityId = options.entityId ?? "https://idp.example.test/metadata";
  const ssoUrl = options.ssoUrl ?? "https://idp.example.test/sso";
  const privateKey = options.privateKey === undefined ? newRsaKey() : createPrivateKey(options.privateKey);
  const certificate =
    options.certificate ??
    selfSignedCertificate({
      privateKey,
      commonName: new URL(ssoUrl).hostname,
      notBefore: new Date("2024-01-01T00:00:00Z"),
      notAfter: new Date("2044-01-01T00:00:00Z"),
    });
  const signer = { privateKey, certificate };
  const responseXml = (login: TestLogin) => buildResponse(entityId, signer, login);
  return {
    entityId,
    privateKey,
    certificate,
    signer,
    metadata: (changes = {}) => idpMetadata({ ...options, entityId, ssoUrl, certificate }, changes),
    responseXml,
    signResponse: (login) => toFormValue(responseXml(login)),
    errorResponse: (login, status) =>
      toFormValue(responseShell(entityId, newId(), login, statusXml(status), "")),
    logoutRequest: (logout) => logoutRequest(entityId, signer, logout),
    logoutResponse: (answer) => logoutResponse(entityId, signer, answer),
  };
}

/** @param modulusLength in bits */
export function newRsaKey(modulusLength = 2048): KeyObject {
  return generateKeyPairSync("rsa", { modulusLength }).privateKey;
}

const newId = () => `_${randomUUID()}`;

function buildResponse(entityId: string, base: Signer, login: TestLogin): string {
  const signer = { ...base, ...login.signer };
  const sign = login.sign ?? "assertion";
  const assertionId = login.assertionId ?? newId();
  const responseId = login.responseId ?? newId();
  const edited = (login.editAssertion ?? same)(assertionXml(entityId, assertionId, login));
  const signed = sign === "assertion" || sign === "both" ? signElement(edited, assertionId, signer) : edited;
  const carried = login.encryptFor === undefined ? signed : encryptAssertion(signed, login.encryptFor);
  const shell = responseShell(entityId, responseId, login, statusXml({ code: STATUS_SUCCESS }), carried);
  const response = (login.editResponse ?? same)(shell);
  return sign === "response" || sign === "both" ? signElement(response, responseId, signer) : response;
}

const same = (xml: string) => xml;

function responseShell(
  entityId: string,
  id: string,
  login: Pick<TestLogin, "acsUrl" | "inResponseTo" | "now">,
  status: string,
  content: string,
): string {
  return (
    `<samlp:Response xmlns:samlp="${NS.protocol}" ID="${id}" Version="2.0" IssueInstant="${iso(login.now ?? new Date())}"` +
    ` Destination="${escapeXml(login.acsUrl)}"${inResponseTo(login)}>` +
    `<saml:Issuer xmlns:saml="${NS.assertion}">${escapeXml(entityId)}</saml:Issuer>${status}${content}</samlp:Response>`
  );
}

function assertionXml(entityId: string, id: string, login: TestLogin): string {
  const now = login.now ?? new Date();
  const end = iso(new Date(now.getTime() + (login.lifetimeMs ?? 300_000)));
  const format = login.nameIdFormat ?? "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";
  const context =
    login.authnContextClassRef ?? "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";
  return (
    `<saml:Assertion xmlns:saml="${NS.assertion}" ID="${id}" Version="2.0" IssueInstant="${iso(now)}">` +
    `<saml:Issuer>${escapeXml(entityId)}</saml:Issuer>` +
    `<saml:Subject><saml:NameID Format="${escapeXml(format)}">${escapeXml(login.nameId ?? "jo@example.test")}</saml:NameID>` +
    `<saml:SubjectConfirmation Method="${CONFIRMATION_BEARER}"><saml:SubjectConfirmationData${inResponseTo(login)}` +
    ` NotOnOrAfter="${end}" Recipient="${escapeXml(login.acsUrl)}"/></saml:SubjectConfirmation></saml:Subject>` +
    `<saml:Conditions NotBefore="${iso(new Date(now.getTime() - 60_000))}" NotOnOrAfter="${end}">` +
    `<saml:AudienceRestriction><saml:Audience>${escapeXml(login.audience)}</saml:Audience></saml:AudienceRestriction></saml:Conditions>` +
    `<saml:AuthnStatement AuthnInstant="${iso(now)}" SessionIndex="${escapeXml(login.sessionIndex ?? id)}">` +
    `<saml:AuthnContext><saml:AuthnContextClassRef>${escapeXml(context)}</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>` +
    `${attributesXml(login.attributes ?? {})}</saml:Assertion>`
  );
}

function attributesXml(attributes: Readonly<Record<string, string | readonly string[]>>): string {
  const entries = Object.entries(attributes);
  if (entries.length === 0) {
    return "";
  }
  const each = entries.map(([name, value]) => {
    const values = [value]
      .flat()
      .map((text) => `<saml:AttributeValue>${escapeXml(text)}</saml:AttributeValue>`);
    return `<saml:Attribute Name="${escapeXml(name)}">${values.join("")}</saml:Attribute>`;
  });
  return `<saml:AttributeStatement>${each.join("")}</saml:AttributeStatement>`;
}

function inResponseTo(login: Pick<TestLogin, "inResponseTo">): string {
  return login.inResponseTo === undefined ? "" : ` InResponseTo="${escapeXml(login.inResponseTo)}"`;
}

function iso(date: Date): string {
  return date.toISOString();
}
