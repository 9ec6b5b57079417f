/**
 * Shared Signals (OpenID SSF 1.0, CAEP 1.0): streams of security events to applications. The only writer of their tables.
 *
 * - `streams/`: what a stream is, its status, whom it leaves out, verification, how much it may hold, and how it gets on
 * - `fan-out/`: which event of the outbox means which signal, to whom, and with what in it
 * - `sets/`: what is to be delivered, in order, what a SET (RFC 8417) of it says, and what became of the last
 * - `push/`: which streams are due, and what became of a turn; what is polled is read by `readPending`
 */
export { STREAM_EVENT_TYPES, SUPPORTED } from "./event-types.ts";
export { CONSUMER as SIGNALS_CONSUMER, type FanOut, fanOutSignals } from "./fan-out/fan-out.ts";
export { failTurn, finishTurn, type PushFailure } from "./push/finish.ts";
export { type DueStream, dueStreams, takeStreams } from "./push/take.ts";
export { SET_TYP, setClaims } from "./sets/claims.ts";
export { readDeliveries, type SignalDelivery } from "./sets/deliveries.ts";
export { type ErasedPerson, eraseFromSignals } from "./sets/erase.ts";
export { type PendingSignal, type Refusal, readPending, settleSignals } from "./sets/pending.ts";
export { boundBacklogs } from "./streams/backlog.ts";
export { addSubject, removeSubject, type SubjectChange } from "./streams/exclusions.ts";
export {
  readStreamHealth,
  type StreamFilter,
  type StreamHealth,
  type StreamPosition,
  type StreamState,
} from "./streams/health.ts";
export { type NewStatus, type StatusCause, type StatusChange, setStatus } from "./streams/status.ts";
export { findStream, listStreams, type Stream, type StreamStatus } from "./streams/stream.ts";
export { requestVerification, VERIFICATION_SECONDS } from "./streams/verify.ts";
export {
  createStream,
  type Delivery,
  deleteStream,
  type StreamSettings,
  type StreamWriter,
  updateStream,
} from "./streams/write.ts";
export { SUBJECT_FORMATS, subjectIdentifier } from "./subjects.ts";
