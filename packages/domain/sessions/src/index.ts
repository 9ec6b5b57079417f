export { type NewSession, sessionStatement } from "./create.ts";
export { findLiveSession, type LiveSession } from "./find.ts";
export {
  type LogoutNotice,
  noteSessionUse,
  postponeNotice,
  settleNotice,
  takeDueNotices,
} from "./logout-notices.ts";
export { type RevocationScope, type RevokedSession, revokeSessions } from "./revoke.ts";
export { recordTokenRepetition, revokeToken } from "./revoke-token.ts";
