import { createHash } from "node:crypto";
import { canonicalJson, contentDigest, type EventContent } from "@sallyport/events";

/** A row of `events`, as far as the trail vouches for it. */
export interface TrailRow extends EventContent {
  readonly id: string;
  readonly organization_id: string | null;
  readonly type: string;
  readonly created_at: Date;
  readonly actor_type: string;
  readonly resource_type: string;
  readonly outcome: string;
  /** When its content was erased; then `digest` is that of what was recorded. */
  readonly erased_at: Date | null;
  readonly digest: Buffer | null;
}

/** Its columns, of `events e`. */
export const TRAIL_COLUMNS = `
  e.id, e.organization_id, e.type, e.created_at, e.actor_type, e.actor_id, e.resource_type, e.resource_id, e.outcome,
  e.before, e.after, e.data, e.request_id, e.ip, e.salt, e.erased_at, e.digest`;

// RFC 6962, 2.1: a leaf never hashes like a node.
const LEAF = Buffer.of(0);

/** What the trail says of an event at its place. */
export function entryOf(sequence: number, row: TrailRow): Readonly<Record<string, unknown>> {
  return {
    v: 1,
    sequence,
    id: row.id,
    organizationId: row.organization_id,
    type: row.type,
    occurredAt: timeOf(row.created_at),
    actorType: row.actor_type,
    resourceType: row.resource_type,
    outcome: row.outcome,
    content: digestOf(row),
  };
}

/** The leaf of an event at a place of the trail: SHA-256 over 0x00 and the canonical form of its entry. */
export function leafOf(sequence: number, row: TrailRow): Buffer {
  return hashEntry(entryOf(sequence, row));
}

/** The leaf of a place whose event was gone before it was sealed. */
export function gapLeaf(sequence: number, eventId: string | null): Buffer {
  return hashEntry({ v: 1, sequence, id: eventId, gone: true });
}

function hashEntry(entry: Readonly<Record<string, unknown>>): Buffer {
  return createHash("sha256").update(LEAF).update(canonicalJson(entry)).digest();
}

/** Null of what the gateway cannot have recorded: it must not keep all the rest from being verified. */
function digestOf(row: TrailRow): string | null {
  if (row.erased_at !== null) {
    return row.digest?.toString("hex") ?? null;
  }
  try {
    return contentDigest(row).toString("hex");
  } catch (error) {
    if (error instanceof RangeError) {
      return null;
    }
    throw error;
  }
}

// PostgreSQL knows times that JavaScript does not: "infinity".
function timeOf(at: unknown): string | null {
  return at instanceof Date && !Number.isNaN(at.getTime()) ? at.toISOString() : null;
}
