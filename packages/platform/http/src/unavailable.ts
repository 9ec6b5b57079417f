import type { Logger } from "@sallyport/logging";
import { type Outage, RETRY_AFTER_SECONDS, reportOutage } from "@sallyport/outage";
import type { Request, Response } from "express";
import { requestId } from "./request-id.ts";

const met = new WeakSet<Response>();

/** Tells the log of a request that met an outage, and its caller when to come back: for an answer of 503 to follow. */
export function noteOutage(log: Logger, outage: Outage, req: Request, res: Response): void {
  reportOutage(log, outage, { requestId: requestId(req) });
  setRetryAfter(res);
}

/**
 * Sets Retry-After on a 503 answer to an outage that was already reported. It has no line of its own in the log: that
 * of the outage counts it.
 */
export function setRetryAfter(res: Response): void {
  met.add(res);
  res.setHeader("retry-after", String(RETRY_AFTER_SECONDS));
}

export function metOutage(res: Response): boolean {
  return met.has(res);
}
