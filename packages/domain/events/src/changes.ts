import type { Sql } from "@sallyport/database";

/**
 * That something was taken out of events which may have been copied elsewhere:
 * - `erased`: what is left of these stands in `events`
 * - `old`: those of an organization up to a time are deleted
 * - `deleted`: all of an organization are, with it
 */
export type EventChange = { readonly id: number; readonly changedAt: Date } & NewChange;

type NewChange =
  | { readonly kind: "erased"; readonly eventIds: readonly string[] }
  | { readonly kind: "old"; readonly organizationId: string; readonly until: Date }
  | { readonly kind: "deleted"; readonly organizationId: string };

/**
 * In the transaction of the change, once the events are locked or gone: so of two changes of one event the later has the
 * higher id, and nobody sees the one with the higher id first.
 */
export async function noteChange(sql: Sql, change: NewChange): Promise<void> {
  const { kind } = change;
  await sql.query(
    `INSERT INTO event_changes (kind, organization_id, event_ids, until)
     VALUES ($1, $2::uuid, $3::uuid[], $4::timestamptz)`,
    [
      kind,
      kind === "erased" ? null : change.organizationId,
      kind === "erased" ? change.eventIds : [],
      kind === "old" ? change.until : null,
    ],
    "event_changes_note",
  );
}

interface Row {
  readonly id: string;
  readonly kind: EventChange["kind"];
  readonly organization_id: string;
  readonly event_ids: readonly string[];
  readonly until: Date;
  readonly changed_at: Date;
}

/** The oldest changes that nobody has followed yet. */
export async function readChanges(sql: Sql, limit: number): Promise<EventChange[]> {
  const { rows } = await sql.query<Row>(
    `SELECT id, kind, organization_id::text AS organization_id, event_ids::text[] AS event_ids, until, changed_at
     FROM event_changes ORDER BY id LIMIT $1`,
    [limit],
    "event_changes_read",
  );
  return rows.map(changeOf);
}

function changeOf(row: Row): EventChange {
  const [id, changedAt, organizationId] = [Number(row.id), row.changed_at, row.organization_id];
  switch (row.kind) {
    case "erased":
      return { id, changedAt, kind: "erased", eventIds: row.event_ids };
    case "old":
      return { id, changedAt, kind: "old", organizationId, until: row.until };
    case "deleted":
      return { id, changedAt, kind: "deleted", organizationId };
  }
}

/** The copy has followed these. */
export async function forgetChanges(sql: Sql, ids: readonly number[]): Promise<void> {
  await sql.query("DELETE FROM event_changes WHERE id = ANY ($1::bigint[])", [ids], "event_changes_forget");
}
