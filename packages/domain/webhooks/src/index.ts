/**
 * Webhooks: receivers, what each is to be told of the outbox, and what became of it. The only writer of their tables.
 *
 * - `endpoints/`: who is told of which events, with which secret
 * - `message.ts`, `signature.ts`: what is sent, by the Standard Webhooks convention
 * - `deliveries/`: from the outbox to rows (`fan-out`), from rows to a sender and back (`take`, `finish`), and again (`replay`)
 *
 * Of one resource, an endpoint is told of one event at a time, in the order of the outbox: `due_at` is set on one pending
 * delivery of them alone (`release`), which a unique index holds. Whoever finishes it releases the next.
 */
export { eraseAnswers } from "./deliveries/erase.ts";
export { CONSUMER as WEBHOOKS_CONSUMER, type FanOut, fanOut } from "./deliveries/fan-out.ts";
export { type Disabling, type FinishedAttempt, finishAttempts } from "./deliveries/finish.ts";
export { hasPendingDeliveries } from "./deliveries/pending.ts";
export {
  DELIVERIES_KEPT_MS,
  type ReplayIds,
  type ReplayRange,
  replayDelivery,
  replayIds,
  replayRange,
} from "./deliveries/replay.ts";
export { type DueEndpoint, dueEndpoints, type TakenDelivery, takeDeliveries } from "./deliveries/take.ts";
export { isTypePattern, matchesType } from "./endpoints/types.ts";
export {
  createEndpoint,
  deleteEndpoint,
  type EndpointChange,
  forgetReplacedSecrets,
  type NewEndpoint,
  rotateSecret,
  testEndpoint,
  updateEndpoint,
} from "./endpoints/write.ts";
export { bodyOf, headersOf, type Message, timestampOf } from "./message.ts";
export { newSecret, signatureOf } from "./signature.ts";
