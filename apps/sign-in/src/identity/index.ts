export type {
  IdpSession,
  NormalizedIdentity,
  NormalizeResult,
  NormalizeWarning,
} from "./normalized-identity.ts";
