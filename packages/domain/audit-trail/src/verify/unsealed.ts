import type { Sql } from "@sallyport/database";
import { keyOf, ofOrganization } from "../organization.ts";
import { type Findings, PROBLEMS_TOLD } from "./report.ts";

const PAGE = 10_000;

/** The entries behind the last seal: nothing signed vouches for them, but none may be missing. Returns how many there are. */
export async function checkUnsealed(
  sql: Sql,
  organizationId: string | null,
  sealedThrough: number,
  findings: Findings,
): Promise<number> {
  // One statement, so that what is numbered meanwhile is in all of it or in none.
  const { rows } = await sql.query<{ last: string; sequence: string | null; event_id: string | null }>(
    `WITH counted AS (SELECT coalesce((SELECT last FROM outbox_sequences WHERE organization_id = $4), 0) AS last),
     entries AS MATERIALIZED (
       SELECT o.sequence, o.event_id FROM outbox o WHERE ${ofOrganization(organizationId, "o")} AND o.sequence > $2),
     odd AS (
       SELECT n AS sequence, NULL::uuid AS event_id
       FROM counted, generate_series($2::bigint + 1, last) AS n WHERE NOT EXISTS (SELECT 1 FROM entries WHERE sequence = n)
       UNION ALL
       SELECT sequence, event_id FROM entries, counted
       WHERE sequence > last OR NOT EXISTS (SELECT 1 FROM events e WHERE e.id = event_id)
       UNION ALL
       SELECT o.sequence, o.event_id FROM outbox o WHERE ${ofOrganization(organizationId, "o")} AND o.sequence < 1
       ORDER BY 1 LIMIT $3)
     SELECT counted.last, odd.sequence, odd.event_id FROM counted LEFT JOIN odd ON true`,
    [organizationId, sealedThrough, PROBLEMS_TOLD, keyOf(organizationId)],
  );
  const last = Number(rows[0]?.last ?? 0);
  for (const { sequence: text, event_id: eventId } of rows) {
    if (text === null) {
      continue;
    }
    const sequence = Number(text);
    if (eventId === null) {
      const message = `Place ${sequence} of the trail is empty: the row of "outbox" that named its event is gone`;
      findings.add({ code: "entry_missing", sequence, message });
    } else if (sequence < 1 || sequence > last) {
      const message = `Place ${sequence} is none that was given out: the row of "outbox" was inserted by somebody else`;
      findings.add({ code: "entry_inserted", sequence, eventId, message });
    } else {
      findings.add({
        code: "event_missing",
        sequence,
        eventId,
        message: `Event ${eventId} of place ${sequence} is gone`,
      });
    }
  }
  return Math.max(0, last - sealedThrough);
}

/**
 * Events that stand in the table without a place in the trail, although all that had committed when places were given out
 * last has one.
 */
export async function checkUnnumbered(
  sql: Sql,
  organizationId: string | null,
  findings: Findings,
): Promise<void> {
  let after = { at: "-infinity", id: "00000000-0000-0000-0000-000000000000" };
  for (;;) {
    const { rows } = await sql.query<{
      at: string | null;
      id: string | null;
      old: string;
      odd: readonly { readonly id: string; readonly at: string }[] | null;
    }>(
      `WITH page AS MATERIALIZED (
         SELECT e.id, e.created_at, e.serial, e.transaction FROM events e
         WHERE ${ofOrganization(organizationId, "e")} AND (e.created_at, e.id) > ($2::timestamptz, $3::uuid)
         ORDER BY e.created_at, e.id LIMIT ${PAGE}),
       apart AS MATERIALIZED (
         SELECT * FROM page p WHERE NOT EXISTS (
           SELECT 1 FROM outbox o WHERE o.event_id = p.id AND o.organization_id IS NOT DISTINCT FROM $1::uuid)),
       first AS (
         SELECT min(e.created_at) AS at FROM outbox o JOIN events e ON e.id = o.event_id
         WHERE ${ofOrganization(organizationId, "o")} AND o.sequence = 1),
       last AS (SELECT id, created_at FROM page ORDER BY created_at DESC, id DESC LIMIT 1),
       odd AS (
         SELECT a.id, a.created_at FROM apart a, outbox_state s
         WHERE NOT (a.serial = 0 AND a.created_at <= coalesce((SELECT at FROM first), a.created_at))
           AND (s.cluster <> (SELECT system_identifier FROM pg_control_system())
                OR pg_visible_in_snapshot(a.transaction, s.snapshot))
         LIMIT ${PROBLEMS_TOLD})
       SELECT (SELECT created_at::text FROM last) AS at, (SELECT id FROM last) AS id,
              (SELECT count(*) FROM apart WHERE serial = 0) AS old,
              (SELECT json_agg(json_build_object('id', id, 'at', created_at) ORDER BY created_at, id) FROM odd) AS odd`,
      [organizationId, after.at, after.id],
    );
    const [page] = rows;
    findings.beforeTrail += Number(page?.old ?? 0);
    for (const { id, at } of page?.odd ?? []) {
      findings.add({
        code: "event_unnumbered",
        eventId: id,
        message: `Event ${id} of ${at} has no place in the trail: it was inserted, or moved here, by somebody else`,
      });
    }
    if (page === undefined || page.at === null || page.id === null) {
      return;
    }
    after = { at: page.at, id: page.id };
  }
}
