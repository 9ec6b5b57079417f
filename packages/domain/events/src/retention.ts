import type { Sql } from "@sallyport/database";
import { noteChange } from "./changes.ts";

/** Events that were deleted, by their places in the order of their organization. */
export interface DeletedEvents {
  readonly organizationId: string;
  readonly sequences: readonly number[];
  readonly count: number;
}

/**
 * Deletes up to `limit` events of one organization that are older than it keeps them, the oldest first, with their places in
 * the outbox; sequences go on where they are. Null where there are none. Those of organizations that say nothing stay for
 * ever, and so do those that belong to none.
 */
export async function deleteOldEvents(sql: Sql, now: Date, limit: number): Promise<DeletedEvents | null> {
  const { rows } = await sql.query<{ organization_id: string; id: string; created_at: Date }>(
    `SELECT r.organization_id::text AS organization_id, r.id::text AS id, r.created_at FROM (
       SELECT p.organization_id, p.audit_event_days FROM retention_policies p
       CROSS JOIN LATERAL (
         SELECT 1 FROM events
         WHERE organization_id = p.organization_id
           AND created_at < $1::timestamptz - make_interval(days => p.audit_event_days)
         LIMIT 1) any_old
       WHERE p.audit_event_days IS NOT NULL LIMIT 1) one
     CROSS JOIN LATERAL (
       SELECT organization_id, id, created_at FROM events
       WHERE organization_id = one.organization_id
         AND created_at < $1::timestamptz - make_interval(days => one.audit_event_days)
       ORDER BY created_at, id LIMIT $2::int) r`,
    [now, limit],
    "events_find_old",
  );
  const last = rows.at(-1);
  if (last === undefined) {
    return null;
  }
  const organizationId = last.organization_id;
  const ids = rows.map(({ id }) => id);
  const { rows: places } = await sql.query<{ sequence: string }>(
    "DELETE FROM outbox WHERE event_id = ANY($1::uuid[]) RETURNING sequence::text AS sequence",
    [ids],
    "outbox_delete_old",
  );
  await sql.query("DELETE FROM events WHERE id = ANY($1::uuid[])", [ids], "events_delete_old");
  await noteChange(sql, { kind: "old", organizationId, until: last.created_at });
  return {
    organizationId,
    sequences: places.map(({ sequence }) => Number(sequence)),
    count: ids.length,
  };
}

/** How many events of an organization were recorded before a moment; at most `most`. */
export async function countEventsBefore(
  sql: Sql,
  organizationId: string,
  before: Date,
  most: number,
): Promise<number> {
  const { rows } = await sql.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM (
       SELECT 1 FROM events WHERE organization_id = $1::uuid AND created_at < $2::timestamptz LIMIT $3::int) old`,
    [organizationId, before, most],
  );
  return rows[0]?.count ?? 0;
}
