import type { CollectorDestination, DestinationType } from "../destination.ts";
import type { Batch, BatchRequest } from "./batch.ts";
import { datadogRequest } from "./datadog.ts";
import { httpRequest } from "./http.ts";
import { s3Request } from "./s3.ts";
import { splunkRequest } from "./splunk.ts";

/** Destinations that take nothing without a secret. */
const NEEDS_SECRET: Readonly<Record<DestinationType, boolean>> = {
  splunk: true,
  datadog: true,
  http: false,
  s3: true,
};

export function needsSecret(type: DestinationType): boolean {
  return NEEDS_SECRET[type];
}

/** @param secret what the destination knows us by; an empty one counts as none */
export async function requestOf(
  destination: CollectorDestination,
  secret: string | null,
  batch: Batch,
  now: Date,
): Promise<BatchRequest> {
  switch (destination.type) {
    case "splunk":
      return splunkRequest(destination, secret ?? "", batch);
    case "datadog":
      return datadogRequest(destination, secret ?? "", batch);
    case "http":
      return httpRequest(destination, secret, batch);
    case "s3":
      return s3Request(destination, secret ?? "", batch, now);
  }
}
