export type { IdpSession, NormalizedIdentity, NormalizeResult, NormalizeWarning } from "./identity.ts";
export { type Claims, normalizeOidc } from "./oidc.ts";
export { normalizeSaml } from "./saml.ts";
