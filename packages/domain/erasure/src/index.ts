/**
 * Erasure: of a person nothing is left but ids; and how long what is kept.
 *
 * - `erase.ts`: the logs first, page by page, then the person, in one transaction
 * - `subject.ts`: all that is stored under ids of theirs; `search.ts`: the way through the logs
 * - `traces/`: whether a text or JSON has a person, and what is left of it without them (pure)
 * - `typed-texts.ts`: what administrators typed, and what waits for a sign-in, by a list of columns
 * - `retention/`: how long an organization keeps what, and what it would delete
 */
export { CLAIM_MS, type Erased, type ErasureOutcome, erase } from "./erase.ts";
export {
  DEFAULT_BOUNDS,
  DEFAULT_RETENTION,
  outOfBounds,
  RETENTION_KINDS,
  type Retention,
  type RetentionBounds,
  type RetentionKind,
  readRetention,
  setRetention,
} from "./retention/policy.ts";
