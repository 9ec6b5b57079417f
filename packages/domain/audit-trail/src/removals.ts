import { newId, type Sql } from "@sallyport/database";
import type { AuditKey, AuditSigner } from "./keys.ts";
import { keyOf, organizationOf } from "./organization.ts";
import { type RemovalKind, type RemovalStatement, signedOfRemoval } from "./seal.ts";

export interface Removal {
  readonly organizationId: string | null;
  readonly kind: RemovalKind;
  /** Which entries of the organization's trail. */
  readonly sequences: readonly number[];
  readonly at: Date;
}

/**
 * Signs that the gateway itself removes events, or erases what they say of a person: call it in the transaction that does
 * so. What is gone without such a word counts as tampering.
 */
export async function recordRemoval(sql: Sql, signer: AuditSigner, removal: Removal): Promise<void> {
  const { organizationId, kind, at } = removal;
  const rows = rangesOf(removal.sequences).map(([firstSequence, lastSequence]) => {
    const statement: RemovalStatement = {
      organizationId,
      kind,
      firstSequence,
      lastSequence,
      removedAt: at,
      keyId: signer.keyId,
    };
    return {
      id: newId(),
      organization_id: keyOf(organizationId),
      kind,
      first_sequence: firstSequence,
      last_sequence: lastSequence,
      removed_at: at.toISOString(),
      key_id: signer.keyId,
      signature: `\\x${signer.sign(signedOfRemoval(statement)).toString("hex")}`,
    };
  });
  await sql.query(
    `INSERT INTO audit_removals (id, organization_id, kind, first_sequence, last_sequence, removed_at, key_id, signature)
     SELECT id, organization_id, kind, first_sequence, last_sequence, removed_at, key_id, signature
     FROM json_to_recordset($1::json) AS removal (id uuid, organization_id uuid, kind text, first_sequence bigint,
       last_sequence bigint, removed_at timestamptz, key_id text, signature bytea)`,
    [JSON.stringify(rows)],
  );
}

/** Numbers as ranges without gaps, in order. */
export function rangesOf(numbers: readonly number[]): (readonly [number, number])[] {
  const ranges: [number, number][] = [];
  for (const number of new Set([...numbers].toSorted((one, other) => one - other))) {
    const open = ranges.at(-1);
    if (open !== undefined && open[1] + 1 === number) {
      open[1] = number;
    } else {
      ranges.push([number, number]);
    }
  }
  return ranges;
}

interface Row {
  readonly organization_id: string;
  readonly kind: RemovalKind;
  readonly first_sequence: string;
  readonly last_sequence: string;
  readonly removed_at: Date;
  readonly key_id: string;
  readonly signature: Buffer;
}

/** Which of these entries the gateway itself removed or erased, by signatures that hold. */
export async function removedAmong(
  sql: Sql,
  keys: ReadonlyMap<string, Pick<AuditKey, "verify">>,
  organizationId: string | null,
  { first, last }: { readonly first: number; readonly last: number },
): Promise<Record<RemovalKind, ReadonlySet<number>>> {
  const { rows } = await sql.query<Row>(
    `SELECT organization_id, kind, first_sequence, last_sequence, removed_at, key_id, signature FROM audit_removals
     WHERE organization_id = $1 AND last_sequence >= $2 AND first_sequence <= $3`,
    [keyOf(organizationId), first, last],
  );
  const removed = { retention: new Set<number>(), erasure: new Set<number>() };
  for (const row of rows) {
    const statement: RemovalStatement = {
      organizationId: organizationOf(row.organization_id),
      kind: row.kind,
      firstSequence: Number(row.first_sequence),
      lastSequence: Number(row.last_sequence),
      removedAt: row.removed_at,
      keyId: row.key_id,
    };
    if (keys.get(row.key_id)?.verify(signedOfRemoval(statement), row.signature) === true) {
      const end = Math.min(statement.lastSequence, last);
      for (let sequence = Math.max(statement.firstSequence, first); sequence <= end; sequence++) {
        removed[row.kind]?.add(sequence);
      }
    }
  }
  return removed;
}
