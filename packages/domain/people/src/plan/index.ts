export type { AccessChange, AccessPlan, PlanCounts, PlanPage } from "./access.ts";
export {
  type AdoptedPerson,
  type AdoptionList,
  type AdoptionPage,
  type AdoptionPlan,
  planAdoption,
} from "./adoption.ts";
export {
  countMatches,
  type DirectoryMatches,
  listMatches,
  type MatchedMember,
  type MatchState,
} from "./directory.ts";
export { planGroupMappings } from "./group-mappings.ts";
export { planHeldChange, planHeldSessionEnds } from "./held-change.ts";
