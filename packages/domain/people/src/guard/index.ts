export { decideHeldChange, type UndecidedReason } from "./decide.ts";
export { findHeldChange, type HeldChange, listHeldChanges } from "./list.ts";
export { DEFAULT_GUARD, type GuardSettings, readGuard, setGuard } from "./settings.ts";
