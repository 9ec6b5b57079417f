export { createFailureLimit, type FailureLimit, UNLIMITED_FAILURES } from "./failure-limit.ts";
export { createLevels, type Levels, type Rule } from "./levels.ts";
export { networksOf } from "./networks.ts";
export { createSharedLevels, type SharedLevels } from "./shared-levels.ts";
export {
  type Attempt,
  type AttemptLimit,
  createAttemptLimit,
  type Origin,
  UNLIMITED_ATTEMPTS,
} from "./sign-in-limit.ts";
