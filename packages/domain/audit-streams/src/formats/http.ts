import type { HttpDestination } from "../destination.ts";
import type { Batch, BatchRequest } from "./batch.ts";
import { jsonLines } from "./json-lines.ts";

/** Any receiver of JSON lines over HTTP. */
export function httpRequest(
  { url }: HttpDestination,
  authorization: string | null,
  batch: Batch,
): BatchRequest {
  return {
    method: "POST",
    url,
    headers: {
      ...(authorization === null ? {} : { authorization }),
      "content-type": "application/x-ndjson",
      // The same of a batch that is sent again: draft-ietf-httpapi-idempotency-key-header.
      "idempotency-key": `"${batch.streamId}/${batch.first}-${batch.last}"`,
    },
    body: jsonLines(batch),
  };
}
