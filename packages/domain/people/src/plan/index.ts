export type { AccessChange, AccessPlan, PlanCounts, PlanPage } from "./access.ts";
export {
  countMatches,
  type DirectoryMatches,
  listMatches,
  type MatchedMember,
  type MatchState,
} from "./directory.ts";
export { planGroupMappings } from "./group-mappings.ts";
export { planHeldChange } from "./held-change.ts";
