/**
 * Events: every change of state, of a closed catalogue, recorded with the change and read in order.
 *
 * - `catalogue/`: which events there are, and the data of each
 * - `record.ts`: records events in the transaction of the change
 * - `outbox/`: numbers what has committed; consumers read it in order and miss nothing
 * - `canonical-json.ts`, `content-digest.ts`: what stands for an event's content in the audit trail
 * - `erasure/`: personal data is taken out of what was recorded, and a digest of it stays
 * - `history.ts`: what happened, the newest first, filtered and counted
 * - `retention.ts`: the oldest events of an organization go after a time
 * - `changes.ts`: what was taken out, for a copy that has to follow
 * - `stored.ts`, `docs/`: events as tests read them back; docs/events.md, generated
 */
export { canonicalJson } from "./canonical-json.ts";
export { catalogue, type EventType } from "./catalogue/index.ts";
export { type EventChange, forgetChanges, readChanges } from "./changes.ts";
export { contentDigest, type EventContent } from "./content-digest.ts";
export { difference, pick } from "./difference.ts";
export {
  ERASED,
  type ErasableContent,
  type ErasedEvent,
  type EventCursor,
  eraseFromEvents,
  FIRST_EVENT,
  type FoundEvent,
  type TextPatterns,
} from "./erasure/erase.ts";
export { PERSONAL_FIELDS } from "./erasure/personal-fields.ts";
export {
  type Actor,
  type Event,
  type EventDraft,
  type Origin,
  type Outcome,
  outcomeOf,
  type RecordedEvent,
  recordedEvent,
} from "./event.ts";
export {
  countHistory,
  findHistoryPosition,
  type HistoryCount,
  type HistoryFilter,
  type HistoryPosition,
  readHistory,
} from "./history.ts";
export {
  type DeletedOrganization,
  forgetDeletedOrganization,
  forgetEvents,
  lastPositionOf,
  listDeletedOrganizations,
  noteDeletedOrganization,
} from "./outbox/deleted-organizations.ts";
export {
  type FeedEntry,
  type FeedPage,
  type FeedQuery,
  type FeedScope,
  feedAfterGap,
  feedEnd,
  feedLag,
  feedSince,
  readEventFeed,
} from "./outbox/feed.ts";
export { fillOutbox } from "./outbox/fill.ts";
export {
  acknowledge,
  acknowledgedByAll,
  findEvents,
  hasUnread,
  type OutboxEntry,
  outboxSince,
  type PastEvents,
  readOutbox,
  readPast,
  readUnread,
} from "./outbox/read.ts";
export { eventsStatement, insertEvents, recordEvents } from "./record.ts";
export { countEventsBefore, type DeletedEvents, deleteOldEvents } from "./retention.ts";
export type { RecordedTransaction } from "./transaction.ts";
