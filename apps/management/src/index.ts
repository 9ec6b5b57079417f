export type { ManagementApiDeps, SigningKeyChanges } from "./deps.ts";
export { createManagementApi } from "./management-api.ts";
