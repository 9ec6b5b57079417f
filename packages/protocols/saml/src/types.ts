import type { KeyObject } from "node:crypto";
import type { SamlErrorCode, SamlWarningCode } from "./errors/table.ts";

/** How large a message may be before it is refused unread. */
export interface SamlLimits {
  /** Bytes of XML, after base64 (and inflation, and decryption). */
  readonly maxBytes: number;
  /** Levels of nested elements. */
  readonly maxDepth: number;
  /** Elements, attributes and namespace declarations together. */
  readonly maxNodes: number;
  /** A deflated message may grow by at most this factor. */
  readonly maxInflation: number;
}

/** What the service provider knows, and therefore what the response has to say. */
export interface SamlExpectations {
  readonly idpEntityId: string;
  /** The service provider's entity ID. */
  readonly audience: string;
  /** Where the response was posted: Destination and Recipient. */
  readonly acsUrl: string;
  /** The ID of the AuthnRequest that this answers. */
  readonly inResponseTo: string;
}

export interface ValidateResponseInput {
  /** The `SAMLResponse` form value as posted: base64. */
  readonly response: string;
  readonly expected: SamlExpectations;
  /** The IdP's signing certificates, PEM, from its metadata. Nothing in the message adds to them. */
  readonly certificates: readonly string[];
  /** The service provider's private keys, parsed or PEM PKCS#8, newest first. */
  readonly decryptionKeys?: readonly (KeyObject | string)[];
  /** False where the person is named by an attribute: then `assertion.subject` may be absent. Default true. */
  readonly nameIdRequired?: boolean;
  /** Accept RSA-SHA1 signatures and SHA-1 digests, with a warning each time. Default false. */
  readonly allowSha1?: boolean;
  readonly now: Date;
  /** Tolerated difference of clocks in milliseconds. Default 120,000. */
  readonly clockSkewMs?: number;
  readonly limits?: Partial<SamlLimits>;
}

export interface SamlAttribute {
  readonly name: string;
  readonly nameFormat?: string;
  readonly friendlyName?: string;
  readonly values: readonly string[];
}

export interface SamlSubject {
  readonly nameId: string;
  /** NameID format URI; `unspecified` when the IdP gave none. */
  readonly format: string;
  readonly nameQualifier?: string;
  readonly spNameQualifier?: string;
}

/** What one login says. Everything here was read from bytes that a signature covered. */
export interface SamlAssertion {
  /** Remember it until `replayableUntil`: a second use of the id is a replay. */
  readonly id: string;
  readonly issuer: string;
  readonly responseId: string;
  readonly inResponseTo: string;
  /** Absent only where `nameIdRequired` is false and there is none. */
  readonly subject?: SamlSubject;
  readonly sessionIndex?: string;
  readonly authnInstant: Date;
  readonly sessionNotOnOrAfter?: Date;
  readonly authnContextClassRef?: string;
  /** The earlier of the condition's and the confirmation's end. */
  readonly notOnOrAfter: Date;
  /** `notOnOrAfter` plus the clock skew: from then on the time window refuses the assertion by itself. */
  readonly replayableUntil: Date;
  readonly attributes: readonly SamlAttribute[];
  readonly signedBy: SamlSigner;
  readonly encrypted: boolean;
  /** Of an encrypted one: which of `decryptionKeys` opened it. */
  readonly decryptedBy?: number;
  /**
   * The XML that all of this was read from, for the login record: the canonical bytes of the innermost
   * signature, or the decrypted assertion when only the response around it was signed.
   */
  readonly xml: string;
}

export interface SamlSigner {
  /** SHA-256 of the certificate, lower-case hex. */
  readonly certificateFingerprint: string;
  /** Signature algorithm URI. */
  readonly algorithm: string;
  /** The outermost element that a signature covered. */
  readonly covered: "response" | "assertion";
}

export interface SamlStatus {
  readonly code: string;
  readonly subCode?: string;
  readonly message?: string;
}

export interface SamlWarning {
  readonly code: SamlWarningCode;
  readonly message: string;
  readonly fix: string;
  readonly detail?: string;
}

/**
 * Why a message was refused. For the login record and the connection's administrator: what a browser is
 * told must not depend on `code` or `detail`, or it becomes an oracle for senders of forged messages.
 */
export interface SamlFailure {
  readonly ok: false;
  readonly code: SamlErrorCode;
  readonly message: string;
  readonly fix: string;
  /** The values that disagreed; may quote the message. */
  readonly detail?: string;
  /** Set with `status_not_success`; unverified. */
  readonly status?: SamlStatus;
}

export type SamlResult =
  | { readonly ok: true; readonly assertion: SamlAssertion; readonly warnings: readonly SamlWarning[] }
  | SamlFailure;

/** What an unverified message claims: good for finding the login attempt and for its record, for nothing else. */
export interface UnverifiedResponse {
  readonly ok: true;
  readonly verified: false;
  readonly id?: string;
  readonly inResponseTo?: string;
  readonly issuer?: string;
  readonly destination?: string;
  readonly statusCode?: string;
  readonly statusSubCode?: string;
  readonly statusMessage?: string;
  /** The decoded message. */
  readonly xml: string;
}

/** A logout message as the browser brought it. */
export type SamlTransport =
  /** The raw query string: the signature covers its octets as sent. */
  | { readonly binding: "redirect"; readonly query: string }
  /** The form value, base64. RelayState is signed by nobody here. */
  | { readonly binding: "post"; readonly value: string; readonly relayState?: string };

export interface LogoutExpectations {
  readonly idpEntityId: string;
  /** The URL that the message was sent to. */
  readonly destination: string;
  /** The ID of the LogoutRequest that a response answers. */
  readonly inResponseTo: string;
}

export interface ValidateLogoutInput<More extends keyof LogoutExpectations = never>
  extends Pick<ValidateResponseInput, "certificates" | "allowSha1" | "now" | "clockSkewMs" | "limits"> {
  readonly transport: SamlTransport;
  readonly expected: Pick<LogoutExpectations, "idpEntityId" | "destination" | More>;
}

/** Whom the IdP wants signed out. Everything but a posted `relayState` was read from signed bytes. */
export interface SamlLogoutRequest {
  /** Remember it until `replayableUntil`: a second use of the id is a replay. */
  readonly id: string;
  readonly subject: SamlSubject;
  /** Which of the subject's sessions; none means all of them. */
  readonly sessionIndexes: readonly string[];
  readonly replayableUntil: Date;
  /** To be repeated in the response. */
  readonly relayState?: string;
  /** What was read, for the record. */
  readonly xml: string;
}

/** How the IdP answered our request. */
export interface SamlLogoutResponse {
  readonly id: string;
  readonly inResponseTo: string;
  readonly status: SamlStatus;
  /** `partial`: the IdP signed out the person, but could not reach every other application. */
  readonly outcome: "success" | "partial" | "failure";
  readonly relayState?: string;
  readonly xml: string;
}
