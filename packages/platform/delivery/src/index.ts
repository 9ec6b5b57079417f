/**
 * Telling others, over HTTP, what happened: what every sender to addresses of tenants needs, whatever it sends.
 *
 * - `backoff.ts`: when what failed is tried again, and when it is given up
 * - `lanes.ts`: how many requests are in flight, and to which receivers; a slow one does not delay the others
 * - `send.ts`: one request, bounded in time and in what is kept of its answer
 * - `look-up.ts`: names resolved without the process's threads
 */
export { type Backoff, nextAttempt, retryAfterMs } from "./backoff.ts";
export { createLanes, type Lanes, type LanesOptions } from "./lanes.ts";
export { lookUpByDns } from "./look-up.ts";
export { type Exchange, type SendOptions, send } from "./send.ts";
