export { type NewSession, sessionStatement } from "./create.ts";
export { eraseSessions, type KeptSession, readKeptSessions } from "./erase.ts";
export { findLiveSession, type LiveSession } from "./find.ts";
export {
  hasNotices,
  type LogoutNotice,
  noteSessionUse,
  postponeNotice,
  settleNotice,
  takeDueNotices,
} from "./logout-notices.ts";
export { type RememberedSessions, rememberSessions } from "./remembered-sessions.ts";
export { countSessionsBefore, deleteOldSessions } from "./retention.ts";
export { onSessionsEndingHere, sessionsEndHere } from "./revocations/ending-here.ts";
export {
  CURSOR_GOOD_MS,
  type FeedPage,
  type FeedPosition,
  feedPosition,
  REVOCATIONS_KEPT_MS,
  readFeed,
} from "./revocations/feed.ts";
export { followRevocations, type RevocationFollower } from "./revocations/follow.ts";
export { type RevocationScope, type RevokedSession, revokeSessions } from "./revoke.ts";
export { recordTokenRepetition, revokeToken } from "./revoke-token.ts";
