export type { AccessChange, AccessPlan, PlanCounts, PlanPage } from "./access.ts";
export { planGroupMappings } from "./group-mappings.ts";
export { planHeldChange } from "./held-change.ts";
