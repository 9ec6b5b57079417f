export { applyHeldMetadata } from "./apply-held.ts";
export { changesOf, digestOf, metadataChanges } from "./changes.ts";
export { IDP_FACTS, withFacts, withoutFacts } from "./facts.ts";
export { fetchMetadata } from "./fetch.ts";
export { METADATA_UNAVAILABLE, MetadataProblem } from "./problem.ts";
export { type MetadataRules, type Reading, readMetadata } from "./read.ts";
export { type RefreshDeps, type RefreshOutcome, refreshMetadata } from "./refresh.ts";
export { LEASE_MS } from "./schedule.ts";
export { currentProblem, heldMetadata } from "./state.ts";
export {
  claimDue,
  type DueConnection,
  type FollowedConnection,
  postpone,
  requestRefresh,
  saveRefreshed,
  unfollow,
} from "./store.ts";
