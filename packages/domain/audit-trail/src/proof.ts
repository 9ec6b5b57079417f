import type { Sql } from "@sallyport/database";
import { type Anchor, anchorOf } from "./anchors.ts";
import { entryOf, leafOf } from "./entry.ts";
import { inclusionProof, splitLeaves } from "./merkle.ts";
import { ofOrganization } from "./organization.ts";
import { readEntries } from "./seal-trails.ts";
import { sealAround } from "./verify/seals.ts";

/** That an event is in the trail, for who trusts nothing but the public key: docs/audit-trail.md says how to check it. */
export interface EventProof {
  /** Whose canonical form is the leaf. */
  readonly entry: Readonly<Record<string, unknown>>;
  /** What the digest in the entry is made of. */
  readonly salt: string | null;
  /** Which of the seal's leaves it is, from 0, of how many. */
  readonly index: number;
  readonly leaves: number;
  /** In hex, the nearest first (RFC 6962, 2.1.1). */
  readonly path: readonly string[];
  readonly seal: Anchor;
}

/**
 * Null: there is no such event in the trail. "unsealed": it is not sealed yet. "changed": it is not what was sealed, so that
 * there is nothing to prove.
 */
export async function proveEvent(
  sql: Sql,
  organizationId: string | null,
  eventId: string,
): Promise<EventProof | "unsealed" | "changed" | null> {
  const { rows } = await sql.query<{ sequence: string }>(
    `SELECT o.sequence FROM outbox o WHERE o.event_id = $2::uuid AND ${ofOrganization(organizationId, "o")}`,
    [organizationId, eventId],
  );
  if (rows[0] === undefined) {
    return null;
  }
  const sequence = Number(rows[0].sequence);
  const seal = await sealAround(sql, organizationId, sequence);
  if (seal === undefined) {
    return "unsealed";
  }
  const row = (await readEntries(sql, organizationId, sequence, sequence)).get(sequence)?.row;
  const leaves = splitLeaves(seal.leaves, seal.lastSequence - seal.firstSequence + 1);
  const index = sequence - seal.firstSequence;
  if (row === undefined || leaves?.[index]?.equals(leafOf(sequence, row)) !== true) {
    return "changed";
  }
  return {
    entry: entryOf(sequence, row),
    salt: row.salt,
    index,
    leaves: leaves.length,
    path: inclusionProof(leaves, index).map((hash) => hash.toString("hex")),
    seal: anchorOf(seal),
  };
}
