/**
 * Audit streams: where an organization's events are sent as they happen, in order, at least once. The only writer of
 * their table.
 *
 * - `destination.ts`: where to; `formats/`: what each kind of destination is sent
 * - `streams/`: made and changed
 * - `deliveries/`: leased to a sender, batch by batch; what fails holds the stream, and nothing is skipped
 */
export { nextBatch } from "./deliveries/batch.ts";
export { eraseAnswers } from "./deliveries/erase.ts";
export {
  type Delivered,
  type Failed,
  finishDelivered,
  finishFailed,
  giveBack,
  skip,
} from "./deliveries/finish.ts";
export { type DueStream, dueStreams, sentByAll, type TakenStream, takeStreams } from "./deliveries/take.ts";
export {
  DATADOG_SITES,
  type DatadogSite,
  type Destination,
  type DestinationType,
  hostOf,
  receiverOf,
} from "./destination.ts";
export type { Batch, BatchRequest } from "./formats/batch.ts";
export { needsSecret, requestOf } from "./formats/index.ts";
export {
  createStream,
  deleteStream,
  destinationOf,
  type NewStream,
  type StreamChange,
  scopeOf,
  testStream,
  updateStream,
} from "./streams/write.ts";
