export type { IdpAnswer } from "./answers.ts";
export { CLOCK_TOLERANCE_SECONDS, createOidcClients, type OidcClient, type OidcClients } from "./clients.ts";
export { discover } from "./discovery.ts";
export { causeOf, IdpFailure, type IdpFailureKind, type IdpFinding } from "./failure.ts";
export type { OnAnswer } from "./idp-fetch.ts";
export type { IdpKeys } from "./keys.ts";
export { createSigners, type Signers } from "./signers.ts";
export { unreachable } from "./unreachable.ts";
