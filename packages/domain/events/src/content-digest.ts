import { createHash } from "node:crypto";
import { canonicalJson } from "./canonical-json.ts";

/** The part of a row of `events` that may say something about a person. */
export interface EventContent {
  readonly actor_id: string | null;
  readonly resource_id: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly data: unknown;
  readonly request_id: string | null;
  readonly ip: string | null;
  /** Prevents guessing erased content from its digest: it is erased as well. Null for older events. */
  readonly salt: string | null;
}

const PURPOSE = "sallyport event content v1\n";

/**
 * What stands for an event's content in the trail: SHA-256 over its canonical form. Whoever erases the content keeps this
 * in its place (`events.digest`), so that the trail still verifies.
 */
export function contentDigest(row: EventContent): Buffer {
  const { actor_id, resource_id, before, after, data, request_id, ip, salt } = row;
  const content = {
    actorId: actor_id,
    after,
    before,
    data,
    ip,
    requestId: request_id,
    resourceId: resource_id,
    salt,
  };
  return createHash("sha256").update(PURPOSE).update(canonicalJson(content)).digest();
}
