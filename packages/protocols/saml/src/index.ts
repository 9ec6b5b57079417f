export { type CertificateInfo, readCertificate } from "./certificate.ts";
export { SAML_ERRORS, SAML_WARNINGS, type SamlErrorCode, type SamlWarningCode } from "./error-table.ts";
export { DEFAULT_CLOCK_SKEW_MS, DEFAULT_LIMITS, DEFAULT_METADATA_LIMITS } from "./limits.ts";
export { peekLogoutResponse, validateLogoutRequest, validateLogoutResponse } from "./logout.ts";
export { type MessageRules, openPostedMessage, openRedirectMessage, type SamlMessage } from "./messages.ts";
export {
  type IdpEndpoints,
  type IdpMetadata,
  type ParseIdpMetadataOptions,
  parseIdpMetadata,
} from "./metadata.ts";
export { peekResponse } from "./peek.ts";
export { type SelfSignedOptions, selfSignedCertificate } from "./self-signed.ts";
export type * from "./types.ts";
export { validateResponse } from "./validate.ts";
