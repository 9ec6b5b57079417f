export { type Decided, decideHeldChange, type UndecidedReason } from "./decide.ts";
export { findHeldChange, type HeldChange, listHeldChanges } from "./list.ts";
export { guardSessionEnds, type JudgedEnds, lockSessionEnds, type SessionEnds } from "./session-ends.ts";
export { DEFAULT_GUARD, type GuardSettings, readGuard, setGuard } from "./settings.ts";
