export { catalogue, type EventType } from "./catalogue/index.ts";
export { difference, pick } from "./difference.ts";
export {
  type Actor,
  type Event,
  type Happening,
  type Origin,
  type Outcome,
  outcomeOf,
  type RecordedEvent,
  recordedEvent,
} from "./event.ts";
export { fillOutbox, forgetOrganization } from "./outbox/fill.ts";
export { acknowledge, type OutboxEntry, readOutbox, readUnread } from "./outbox/read.ts";
export { eventsStatement, insertEvents, recordEvents } from "./record.ts";
