import type { Sql } from "@sallyport/database";
import { keyOf } from "./organization.ts";

/** How far a trail is sealed. */
export interface TrailState {
  readonly seals: number;
  readonly sealedThrough: number;
  readonly lastSealedAt: Date | null;
  /** The hash of the last seal. */
  readonly hash: Buffer | null;
  /** Events that have a number but no seal yet. */
  readonly unsealed: number;
}

export async function readTrail(sql: Sql, organizationId: string | null): Promise<TrailState> {
  const { rows } = await sql.query<{
    number: number | null;
    last_sequence: string | null;
    sealed_at: Date | null;
    hash: Buffer | null;
    last: string | null;
  }>(
    `SELECT t.number, t.last_sequence, t.sealed_at, t.hash, s.last
     FROM (SELECT $1::uuid AS key) k LEFT JOIN audit_trails t ON t.organization_id = key
     LEFT JOIN outbox_sequences s ON s.organization_id = key`,
    [keyOf(organizationId)],
  );
  const [row] = rows;
  const sealedThrough = Number(row?.last_sequence ?? 0);
  return {
    seals: row?.number ?? 0,
    sealedThrough,
    lastSealedAt: row?.sealed_at ?? null,
    hash: row?.hash ?? null,
    unsealed: Math.max(0, Number(row?.last ?? 0) - sealedThrough),
  };
}
