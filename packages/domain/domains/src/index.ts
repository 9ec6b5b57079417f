/**
 * Email domains: the only writer of which domains an organization claims, and which of them count. A domain counts for one
 * organization at most, once an operator vouches for it or its DNS shows the record that only its owner can make.
 */
export { challengeRecord, type ResolveTxt } from "./challenge.ts";
export {
  type CheckDeps,
  type Claimed,
  checkClaimed,
  checkRecord,
  claimDue,
  type DueDeps,
  type Outcome,
} from "./check.ts";
export { addFirstDomains, claimDomain, deleteDomain, MAX_CLAIMED, vouchForDomain } from "./domains.ts";
