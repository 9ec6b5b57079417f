import type { Database, Sql } from "@sallyport/database";
import type { SecretBox } from "@sallyport/secrets";
import { gapLeaf, leafOf, TRAIL_COLUMNS, type TrailRow } from "./entry.ts";
import { type AuditSigner, openAuditSigner } from "./keys.ts";
import { merkleRoot } from "./merkle.ts";
import { ofOrganization, organizationOf, tryLockTrail } from "./organization.ts";
import { hashOfSeal, type SealStatement, signedOfSeal } from "./seal.ts";

export interface SealingDeps {
  readonly database: Database;
  readonly secrets: SecretBox;
  readonly now: () => Date;
  /** Told of a trail that could not be sealed; the others are. */
  readonly onFailure: (organizationId: string | null, error: unknown) => void;
}

/** Most entries of one seal: they are hashed at one go, while nothing else runs in the process. */
export const ENTRIES_PER_SEAL = 1_000;

/**
 * Seals what the outbox has numbered since the last time: of each organization, and of what belongs to none. Any number
 * of processes may do it at once: each trail is sealed by one of them. Resolves to the number of entries.
 */
export async function sealTrails(deps: SealingDeps): Promise<number> {
  const { database, secrets, now, onFailure } = deps;
  const { rows } = await database.sql.query<{ key: string }>(
    `SELECT s.organization_id AS key FROM outbox_sequences s LEFT JOIN audit_trails t USING (organization_id)
     WHERE s.last > coalesce(t.last_sequence, 0)`,
    [],
    "audit_unsealed",
  );
  if (rows.length === 0) {
    return 0;
  }
  const signer = await openAuditSigner(database, secrets, now());
  let total = 0;
  for (const { key } of rows) {
    try {
      total += await sealTrail(database, signer, key);
    } catch (error) {
      onFailure(organizationOf(key), error);
    }
  }
  return total;
}

async function sealTrail(database: Database, signer: AuditSigner, key: string): Promise<number> {
  let total = 0;
  for (;;) {
    const sealed = await database.transaction((sql) => sealBatch(sql, signer, key));
    total += sealed;
    if (sealed < ENTRIES_PER_SEAL) {
      return total;
    }
  }
}

interface Head {
  readonly number: number;
  readonly last_sequence: string;
  readonly hash: Buffer;
}

async function sealBatch(sql: Sql, signer: AuditSigner, key: string): Promise<number> {
  if (!(await tryLockTrail(sql, key))) {
    return 0;
  }
  const organizationId = organizationOf(key);
  const head = await headOf(sql, key);
  const first = Number(head?.last_sequence ?? 0) + 1;
  const { leaves, now } = await leavesFrom(sql, key, first);
  if (leaves.length === 0) {
    return 0;
  }
  const statement: SealStatement = {
    organizationId,
    number: (head?.number ?? 0) + 1,
    firstSequence: first,
    lastSequence: first + leaves.length - 1,
    root: merkleRoot(leaves),
    previous: head?.hash ?? null,
    sealedAt: now,
    keyId: signer.keyId,
  };
  const seal = { ...statement, signature: signer.sign(signedOfSeal(statement)) };
  await sql.query(
    `INSERT INTO audit_seals (organization_id, number, first_sequence, last_sequence, root, previous, sealed_at, key_id,
                              signature, leaves)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      key,
      seal.number,
      seal.firstSequence,
      seal.lastSequence,
      seal.root,
      seal.previous,
      seal.sealedAt,
      seal.keyId,
      seal.signature,
      Buffer.concat(leaves),
    ],
    "audit_seal_insert",
  );
  await sql.query(
    `INSERT INTO audit_trails AS known (organization_id, number, last_sequence, hash, sealed_at) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (organization_id) DO UPDATE
     SET number = excluded.number, last_sequence = excluded.last_sequence, hash = excluded.hash, sealed_at = excluded.sealed_at`,
    [key, seal.number, seal.lastSequence, hashOfSeal(seal), seal.sealedAt],
    "audit_trail_head",
  );
  return leaves.length;
}

/**
 * What the next seal follows. `audit_trails` says it, also where the last seals are gone: then the next one names what
 * nobody finds any more, and a verification tells of it for good.
 */
async function headOf(sql: Sql, key: string): Promise<Head | undefined> {
  const { rows } = await sql.query<Head>(
    "SELECT number, last_sequence, hash FROM audit_trails WHERE organization_id = $1",
    [key],
    "audit_trail_read",
  );
  return rows[0];
}

/**
 * The leaves of the next entries, and the time by the clock that events are recorded by. A place that lost its event
 * meanwhile has a leaf of its own kind: none is left out.
 */
async function leavesFrom(sql: Sql, key: string, first: number): Promise<{ leaves: Buffer[]; now: Date }> {
  const { rows } = await sql.query<{ last: string; now: Date }>(
    "SELECT last, date_trunc('milliseconds', now()) AS now FROM outbox_sequences WHERE organization_id = $1",
    [key],
    "audit_sequence_end",
  );
  const [{ last, now } = { last: "0", now: new Date(0) }] = rows;
  const end = Math.min(Number(last), first + ENTRIES_PER_SEAL - 1);
  const entries = await readEntries(sql, organizationOf(key), first, end);
  const leaves = Array.from({ length: Math.max(0, end - first + 1) }, (_, index) => {
    const sequence = first + index;
    const entry = entries.get(sequence);
    return entry?.row === undefined ? gapLeaf(sequence, entry?.eventId ?? null) : leafOf(sequence, entry.row);
  });
  return { leaves, now };
}

/** What stands at a place of the trail: the id of an event, and that event where it is still there. */
export interface Entry {
  readonly eventId: string;
  readonly row: TrailRow | undefined;
}

/** What stands at these places, by sequence. */
export async function readEntries(
  sql: Sql,
  organizationId: string | null,
  first: number,
  last: number,
): Promise<Map<number, Entry>> {
  const { rows } = await sql.query<TrailRow & { readonly sequence: string; readonly event_id: string }>(
    `SELECT o.sequence, o.event_id, ${TRAIL_COLUMNS} FROM outbox o LEFT JOIN events e ON e.id = o.event_id
     WHERE ${ofOrganization(organizationId, "o")} AND o.sequence BETWEEN $2 AND $3`,
    [organizationId, first, last],
    organizationId === null ? "audit_entries_of_none" : "audit_entries",
  );
  return new Map(
    rows.map((row) => [
      Number(row.sequence),
      { eventId: row.event_id, row: row.id === null ? undefined : row },
    ]),
  );
}
