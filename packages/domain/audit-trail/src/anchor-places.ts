import type { Sql } from "@sallyport/database";
import { keyOf } from "./organization.ts";

/** These are the places there are: what was noted of others is forgotten. */
export async function keepAnchorPlaces(sql: Sql, names: readonly string[], now: Date): Promise<void> {
  await sql.query("DELETE FROM audit_anchor_places WHERE destination <> ALL($1::text[])", [names]);
  await sql.query(
    "INSERT INTO audit_anchor_places (destination, tried_at) SELECT unnest($1::text[]), $2::timestamptz ON CONFLICT DO NOTHING",
    [names, now],
  );
}

/** Notes whether a place took what it was given. `error`: what it said, null where it took it. */
export async function noteAnchorPlace(
  sql: Sql,
  name: string,
  error: string | null,
  now: Date,
): Promise<void> {
  await sql.query(
    `UPDATE audit_anchor_places SET tried_at = $3::timestamptz, last_error = $2::text,
       failing_since = CASE WHEN $2::text IS NULL THEN NULL ELSE coalesce(failing_since, $3::timestamptz) END
     WHERE destination = $1`,
    [name, error, now],
  );
}

/** Where a trail's seals are written down, and how far. */
export interface AnchorState {
  readonly place: string;
  /** The last seal that is there; null where none is. */
  readonly seal: number | null;
  readonly anchoredAt: Date | null;
  readonly failingSince: Date | null;
  readonly lastError: string | null;
}

export async function readAnchors(sql: Sql, organizationId: string | null): Promise<AnchorState[]> {
  const { rows } = await sql.query<{
    destination: string;
    number: number | null;
    anchored_at: Date | null;
    failing_since: Date | null;
    last_error: string | null;
  }>(
    `SELECT p.destination, a.number, a.anchored_at, p.failing_since, p.last_error
     FROM audit_anchor_places p
     LEFT JOIN audit_anchors a ON a.destination = p.destination AND a.organization_id = $1::uuid
     ORDER BY p.destination`,
    [keyOf(organizationId)],
  );
  return rows.map((row) => ({
    place: row.destination,
    seal: row.number,
    anchoredAt: row.anchored_at,
    failingSince: row.failing_since,
    lastError: row.last_error,
  }));
}
