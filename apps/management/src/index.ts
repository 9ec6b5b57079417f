export { ROLES } from "./access/roles.ts";
export type { ManagementApiDeps, SigningKeyChanges } from "./deps.ts";
export { createManagementApi } from "./management-api.ts";
export { createEventWatch } from "./resources/events/watch.ts";
export { ensureOperatorsOrganization } from "./resources/organizations/operators.ts";
export { createRequestWatch } from "./resources/scim-requests/live/watch.ts";
