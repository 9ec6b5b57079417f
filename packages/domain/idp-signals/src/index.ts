/**
 * Signals of identity providers: security events (SETs) about the people of a connection, pushed or polled, and the streams
 * that the gateway makes for them (Shared Signals as a receiver). The only writer of its tables.
 *
 * - `source.ts`: whose events a connection takes; `state.ts`: what administrators see of it
 * - `transmitters/`: what a transmitter says of itself, and what was heard of it
 * - `streams/`: made, verified and deleted at the transmitter
 * - `receiver.ts`, `sets/`: one event, checked and done, however it came; `find-people.ts`: whom it means
 * - `polls/`: which streams are due, and one poll
 *
 * What the guard says of it is of `people`; the worker polls, and deletes what is no connection's any more.
 */
export type { Asking } from "./ask.ts";
export { SignalFailure, type SignalFailureCode } from "./failure.ts";
export {
  findPeople,
  liveSessionsOf,
  type Speaker,
  type SubjectIdentifier,
  subjectIdentifier,
} from "./find-people.ts";
export { type Acknowledgement, MOST_SETS, type PolledSets, poll } from "./polls/poll.ts";
export { dueStreams, failTurn, finishTurn, forgetStream, takeStreams } from "./polls/take.ts";
export { createSignalReceiver, type SignalReceiver, type SignalReceiverDeps } from "./receiver.ts";
export { ASYMMETRIC, type SetError, SetRefused } from "./sets/set.ts";
export { findSource, keyOf, type MadeStream, type SignalSource } from "./source.ts";
export { readSignalState, type SignalState } from "./state.ts";
export { deleteStream } from "./streams/at-transmitter.ts";
export { type AccessTokens, type Credential, createAccessTokens } from "./streams/credential.ts";
export { lookAtStream, makeStream, verifyStream } from "./streams/make.ts";
export {
  detachForeign,
  detachStream,
  type NewStream,
  type OwnStream,
  openCredential,
  storeStream,
} from "./streams/store.ts";
export { isTransmitterUrl, type TransmitterConfiguration } from "./transmitters/configuration.ts";
export { lookAtTransmitter } from "./transmitters/look.ts";
export { forgetStatus, noteTransmitter, type TransmitterKey } from "./transmitters/store.ts";
