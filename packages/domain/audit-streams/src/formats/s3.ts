import { createHash } from "node:crypto";
import { AwsV4Signer } from "aws4fetch";
import type { S3Destination } from "../destination.ts";
import type { Batch, BatchRequest } from "./batch.ts";
import { jsonLines } from "./json-lines.ts";

/**
 * One object a batch, named by the day of its last event and the numbers of its first and last: in the order of names
 * they are the stream. Signed by AWS Signature Version 4. Buckets with object lock take an object with a checksum only.
 */
export async function s3Request(
  destination: S3Destination,
  secretAccessKey: string,
  batch: Batch,
  now: Date,
): Promise<BatchRequest> {
  const { endpoint, region, bucket, prefix, accessKeyId } = destination;
  const body = jsonLines(batch);
  const sha256 = createHash("sha256").update(body).digest();
  const signed = await new AwsV4Signer({
    method: "PUT",
    url: new URL(`/${bucket}/${prefix}${nameOf(batch)}`, endpoint).href,
    headers: {
      "content-type": "application/x-ndjson",
      "x-amz-checksum-sha256": sha256.toString("base64"),
      "x-amz-content-sha256": sha256.toString("hex"),
    },
    body,
    accessKeyId,
    secretAccessKey,
    service: "s3",
    region,
    datetime: now.toISOString().replace(/[:-]|\.\d{3}/g, ""),
  }).sign();
  return { method: "PUT", url: signed.url.href, headers: Object.fromEntries(signed.headers), body };
}

function nameOf({ organizationId, first, last, events }: Batch): string {
  const day = (events.at(-1)?.occurredAt ?? new Date(0)).toISOString().slice(0, 10).replaceAll("-", "/");
  const [from, to] = [first, last].map((number) => String(number).padStart(15, "0"));
  return `${organizationId ?? "all"}/${day}/${from}-${to}.ndjson`;
}
