/** A SAML 2.0 service provider (Web Browser SSO and Single Logout profiles), without I/O and without state. */

// Login: ask the IdP, and validate what it answers.

export { type AuthnRequest, type AuthnRequestSettings, createAuthnRequest } from "./login/authn-request.ts";
export { peekResponse } from "./login/peek.ts";
export { validateResponse } from "./login/validate.ts";

// Logout: both messages, both ways.

export { createLogoutRequest, createLogoutResponse } from "./logout/create.ts";
export { peekLogoutResponse, validateLogoutRequest, validateLogoutResponse } from "./logout/validate.ts";

// Bindings: how messages travel through the browser.

export type { MessageKind, MessageRules, OutgoingMessage, SamlMessage } from "./bindings/message.ts";
export { isMessageId, newMessageId } from "./bindings/message-id.ts";
export { openPostedMessage, postFields } from "./bindings/post.ts";
export { openRedirectMessage, redirectUrl } from "./bindings/redirect.ts";

// Metadata: the IdP's, and our own.

export { type EntityMetadataOptions, entityMetadata } from "./metadata/federation.ts";
export {
  type IdpEndpoints,
  type IdpMetadata,
  type ParseIdpMetadataOptions,
  parseIdpMetadata,
} from "./metadata/idp.ts";
export { type SpMetadata, spMetadata } from "./metadata/sp.ts";

// Keys and certificates.

export { type CertificateInfo, readCertificate } from "./signature/certificate.ts";
export { type SelfSignedOptions, selfSignedCertificate } from "./signature/self-signed.ts";
export type { Signer } from "./signature/sign.ts";

// Everything that is refused or warned of, and the limits.

export { SAML_ERRORS, SAML_WARNINGS, type SamlErrorCode, type SamlWarningCode } from "./errors/table.ts";
export { DEFAULT_CLOCK_SKEW_MS, DEFAULT_LIMITS, DEFAULT_METADATA_LIMITS } from "./limits.ts";
export type * from "./types.ts";
