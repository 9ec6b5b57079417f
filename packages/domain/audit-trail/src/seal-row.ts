import { organizationOf } from "./organization.ts";
import type { Seal } from "./seal.ts";

/** A row of `audit_seals`, without its leaves. */
export interface SealRow {
  readonly organization_id: string;
  readonly number: number;
  readonly first_sequence: string;
  readonly last_sequence: string;
  readonly root: Buffer;
  readonly previous: Buffer | null;
  readonly sealed_at: Date;
  readonly key_id: string;
  readonly signature: Buffer;
}

export function sealOf(row: SealRow): Seal {
  return {
    organizationId: organizationOf(row.organization_id),
    number: row.number,
    firstSequence: Number(row.first_sequence),
    lastSequence: Number(row.last_sequence),
    root: row.root,
    previous: row.previous,
    sealedAt: row.sealed_at,
    keyId: row.key_id,
    signature: row.signature,
  };
}
