/**
 * The audit trail: the events of each organization, and of what belongs to none, in their order, sealed by signed batches
 * of which each names the one before.
 *
 * - `entry.ts`, `merkle.ts`, `seal.ts`: what is hashed and signed; docs/audit-trail.md says it for others
 * - `keys.ts`: the keys that sign
 * - `seal-trails.ts`: seals what is new
 * - `anchors.ts`, `anchor-trails.ts`: a seal as it is written outside, and what writes it there
 * - `anchor-places.ts`: where that is, and whether it fails
 * - `removals.ts`: the signed word for what the gateway itself takes away
 * - `state.ts`, `proof.ts`: how far a trail is sealed, and that one event is in it
 * - `verify/`: finds what somebody else changed
 */
export { type AnchorState, keepAnchorPlaces, noteAnchorPlace, readAnchors } from "./anchor-places.ts";
export { type AnchorDestination, anchorTrails } from "./anchor-trails.ts";
export { type Anchor, anchorOf, parseAnchors } from "./anchors.ts";
export { type AuditKey, type AuditSigner, loadAuditKeys, openAuditSigner, rotateAuditKey } from "./keys.ts";
export { forgetTrail } from "./organization.ts";
export { type EventProof, proveEvent } from "./proof.ts";
export { type Removal, recordRemoval } from "./removals.ts";
export type { RemovalKind } from "./seal.ts";
export { ENTRIES_PER_SEAL, type SealingDeps, sealTrails } from "./seal-trails.ts";
export { readTrail, type TrailState } from "./state.ts";
export type { TrailProblem, TrailProblemCode, TrailReport } from "./verify/report.ts";
export type { KnownSeal } from "./verify/seals.ts";
export {
  findVerification,
  latestVerifications,
  requestVerification,
  requestVerificationsByClock,
  runVerifications,
  type Verification,
} from "./verify/verifications.ts";
export { type VerifyOptions, verifyTrail } from "./verify/verify-trail.ts";
export { verifyTrails } from "./verify/verify-trails.ts";
