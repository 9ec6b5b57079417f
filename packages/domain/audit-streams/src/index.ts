/**
 * Audit streams: where an organization's events are sent as they happen, in order, at least once. The only writer of
 * their table.
 *
 * - `destination.ts`: where to; `formats/`: what each kind of destination is sent
 * - `streams/`: made and changed
 * - `clickhouse/`: the one stream that the environment makes; its table, and what erasure asks of it
 * - `deliveries/`: leased to a sender, batch by batch; what fails holds the stream, and nothing is skipped
 */
export { type Following, nextFollowing } from "./clickhouse/follow.ts";
export { linesOf } from "./clickhouse/rows.ts";
export { adoptClickhouse, startOver } from "./clickhouse/stream.ts";
export { EVENTS_TABLE } from "./clickhouse/table.ts";
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
  type ClickhouseDestination,
  type CollectorDestination,
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
