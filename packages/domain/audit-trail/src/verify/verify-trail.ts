import type { Sql } from "@sallyport/database";
import type { AuditKey } from "../keys.ts";
import { keyOf, organizationOf } from "../organization.ts";
import { ENTRIES_PER_SEAL } from "../seal-trails.ts";
import { EntryCheck } from "./entries.ts";
import { Findings, type TrailReport } from "./report.ts";
import { type KnownSeal, nextSeal, SealCheck } from "./seals.ts";
import { checkUnnumbered, checkUnsealed } from "./unsealed.ts";

export interface VerifyOptions {
  readonly sql: Sql;
  /** As `loadAuditKeys` reads them. */
  readonly keys: readonly AuditKey[];
  /** What stands outside, of any organization. */
  readonly anchors?: readonly KnownSeal[];
  /** Told of how many of the sealed entries were looked at, after each seal. */
  readonly onProgress?: (checked: number) => unknown;
  readonly signal?: AbortSignal;
}

/**
 * Holds the trail of an organization (null: of what belongs to none) against its seals: finds whatever was changed, removed,
 * inserted or moved, and says where. Events go on being recorded and sealed meanwhile.
 */
export async function verifyTrail(
  organizationId: string | null,
  options: VerifyOptions,
): Promise<TrailReport> {
  const { sql, onProgress, signal } = options;
  const keys = new Map(options.keys.map((key) => [key.id, key]));
  const anchors = new Map(
    (options.anchors ?? [])
      .filter((anchor) => anchor.organizationId === organizationId)
      .map(({ number, hash }) => [number, hash]),
  );
  const findings = new Findings();
  const seals = new SealCheck(keys, anchors, findings);
  const entries = new EntryCheck(sql, keys, organizationId, findings);
  let count = 0;
  let head: Head | undefined;
  let allSealed: Date | null = null;
  for (;;) {
    const seal = await nextSeal(sql, organizationId, seals.last?.number ?? 0);
    if (seal === undefined) {
      head = await readHead(sql, organizationId);
      // What was sealed between the two looks is there now.
      if (
        head === undefined ||
        (await nextSeal(sql, organizationId, seals.last?.number ?? 0)) === undefined
      ) {
        break;
      }
      continue;
    }
    signal?.throwIfAborted();
    seals.check(seal);
    await entries.hold(seal, allSealed);
    if (seal.lastSequence - seal.firstSequence + 1 < ENTRIES_PER_SEAL) {
      allSealed = seal.sealedAt;
    }
    count += 1;
    await onProgress?.(seal.lastSequence);
  }
  entries.finish();
  seals.finish(head);
  const sealedThrough = seals.last?.lastSequence ?? 0;
  const unsealed = await checkUnsealed(sql, organizationId, sealedThrough, findings);
  await checkUnnumbered(sql, organizationId, findings);
  const used = [...seals.usedKeys].map((id) => ({ id, ours: keys.get(id)?.ours ?? "unknown" }));
  for (const { id, ours } of used) {
    if (ours === "no") {
      findings.add({
        code: "key_not_ours",
        message: `The key ${id} does not open by the encryption keys that are given: one is missing, or the key was not made by this gateway, and whoever put it into the database could sign what they liked`,
      });
    }
  }
  return {
    organizationId,
    ...findings.summary(),
    seals: count,
    sealedThrough,
    lastSealedAt: seals.last?.sealedAt.toISOString() ?? null,
    unsealed,
    anchors: anchors.size,
    keys: used,
  };
}

interface Head {
  readonly number: number;
  readonly hash: Buffer;
}

async function readHead(sql: Sql, organizationId: string | null): Promise<Head | undefined> {
  const { rows } = await sql.query<Head>("SELECT number, hash FROM audit_trails WHERE organization_id = $1", [
    keyOf(organizationId),
  ]);
  return rows[0];
}

/**
 * SELECTs the keys of all trails that there are: whoever cut one out of some tables has left it in others. Those of seals one
 * by one by their index, since each has many.
 */
export const TRAILS = `
  SELECT organization_id AS key FROM outbox_sequences UNION SELECT organization_id FROM audit_trails
  UNION SELECT id FROM organizations UNION SELECT '${keyOf(null)}'::uuid
  UNION (
    WITH RECURSIVE sealed (key) AS (
      (SELECT organization_id FROM audit_seals ORDER BY organization_id LIMIT 1)
      UNION ALL
      SELECT (SELECT organization_id FROM audit_seals WHERE organization_id > sealed.key ORDER BY organization_id LIMIT 1)
      FROM sealed WHERE sealed.key IS NOT NULL)
    SELECT key FROM sealed WHERE key IS NOT NULL)`;

/** Whose trails there are: each organization's, and that of what belongs to none (null). */
export async function listTrails(sql: Sql): Promise<(string | null)[]> {
  const { rows } = await sql.query<{ key: string }>(`SELECT key FROM (${TRAILS}) t ORDER BY 1`);
  return rows.map(({ key }) => organizationOf(key));
}
