import type { Database, Sql } from "@sallyport/database";
import { anchorOf } from "./anchors.ts";
import { type SealRow, sealOf } from "./seal-row.ts";

/** A place outside of the database, where the last seals are written down. */
export interface AnchorDestination {
  /** Tells it from others; kept in the database, so that it holds no secret. */
  readonly name: string;
  /** Adds lines of JSON. May be given the same ones again when a process dies in between. */
  write(lines: string): Promise<void>;
}

const AT_ONCE = 500;

/**
 * Writes the last seal of each trail that has a new one to a place outside: it names those before it, so whoever has it can
 * tell whether any was replaced, or cut off. One process at a time does it. Resolves to how many were written.
 */
export async function anchorTrails(database: Database, destination: AnchorDestination): Promise<number> {
  let total = 0;
  for (;;) {
    const written = await database.transaction((sql) => anchorSome(sql, destination));
    total += written;
    if (written < AT_ONCE) {
      return total;
    }
  }
}

async function anchorSome(sql: Sql, { name, write }: AnchorDestination): Promise<number> {
  const lock = await sql.query<{ locked: boolean }>(
    "SELECT pg_try_advisory_xact_lock(hashtextextended('audit-anchor:' || $1, 0)) AS locked",
    [name],
  );
  if (lock.rows[0]?.locked !== true) {
    return 0;
  }
  const { rows } = await sql.query<SealRow>(
    `SELECT s.organization_id, s.number, s.first_sequence, s.last_sequence, s.root, s.previous, s.sealed_at, s.key_id, s.signature
     FROM audit_trails t JOIN audit_seals s ON s.organization_id = t.organization_id AND s.number = t.number
     LEFT JOIN audit_anchors a ON a.destination = $1 AND a.organization_id = t.organization_id
     WHERE t.number > coalesce(a.number, 0) LIMIT $2`,
    [name, AT_ONCE],
  );
  if (rows.length === 0) {
    return 0;
  }
  await write(rows.map((row) => `${JSON.stringify(anchorOf(sealOf(row)))}\n`).join(""));
  await sql.query(
    `INSERT INTO audit_anchors (destination, organization_id, number, anchored_at)
     SELECT $1, organization_id, number, now() FROM unnest($2::uuid[], $3::int[]) AS anchored (organization_id, number)
     ON CONFLICT (destination, organization_id) DO UPDATE SET number = excluded.number, anchored_at = excluded.anchored_at`,
    [name, rows.map((row) => row.organization_id), rows.map((row) => row.number)],
  );
  return rows.length;
}
