export {
  type MessageRules,
  openPostedMessage,
  openRedirectMessage,
  type SamlMessage,
} from "./bindings/messages.ts";
export { formFields, type OutgoingMessage, redirectUrl, type SigningKey } from "./bindings/outgoing.ts";
export { SAML_ERRORS, SAML_WARNINGS, type SamlErrorCode, type SamlWarningCode } from "./errors/table.ts";
export { DEFAULT_CLOCK_SKEW_MS, DEFAULT_LIMITS, DEFAULT_METADATA_LIMITS } from "./limits.ts";
export { peekResponse } from "./login/peek.ts";
export { validateResponse } from "./login/validate.ts";
export { peekLogoutResponse, validateLogoutRequest, validateLogoutResponse } from "./logout/validate.ts";
export {
  type IdpEndpoints,
  type IdpMetadata,
  type ParseIdpMetadataOptions,
  parseIdpMetadata,
} from "./metadata/idp.ts";
export { type CertificateInfo, readCertificate } from "./signature/certificate.ts";
export { type SelfSignedOptions, selfSignedCertificate } from "./signature/self-signed.ts";
export type * from "./types.ts";
