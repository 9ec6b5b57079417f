import type { Database, Sql } from "@sallyport/database";
import { tryLockOutbox } from "./lock.ts";

// What was committed when the outbox was last filled is in it, and all else that this statement sees is not: exactly
// that which committed meanwhile, however long its transactions took, and whatever else is still open. A fact that rests
// on another was recorded after the commit of the other: so it never comes in an earlier filling, and in the same one it
// has the higher serial.
const COMMITTED_SINCE = `
  SELECT id, organization_id, serial FROM events
  WHERE transaction >= (SELECT pg_snapshot_xmin(snapshot) FROM state)
    AND NOT pg_visible_in_snapshot(transaction, (SELECT snapshot FROM state))`;

const NOT_IN_OUTBOX = `
  SELECT id, organization_id, serial FROM events
  WHERE serial > 0 AND NOT EXISTS (SELECT 1 FROM outbox WHERE event_id = events.id)`;

/** Of the events that belong to no organization. */
const NO_ORGANIZATION = "'00000000-0000-0000-0000-000000000000'::uuid";

// All of it sees one snapshot, that which it leaves for the next time.
const fill = (fresh: string) => `
  WITH state AS MATERIALIZED (SELECT position, snapshot FROM outbox_state),
  fresh AS MATERIALIZED (${fresh}),
  numbered AS (
    SELECT id, organization_id, coalesce(organization_id, ${NO_ORGANIZATION}) AS stream,
           row_number() OVER (ORDER BY serial) AS position,
           row_number() OVER (PARTITION BY organization_id ORDER BY serial) AS nth
    FROM fresh),
  counted AS MATERIALIZED (SELECT stream, count(*) AS count FROM numbered GROUP BY stream),
  streams AS (
    INSERT INTO outbox_sequences AS known (organization_id, last) SELECT stream, count FROM counted
    ON CONFLICT (organization_id) DO UPDATE SET last = known.last + excluded.last
    RETURNING organization_id AS stream, last),
  entries AS (
    INSERT INTO outbox (position, organization_id, sequence, event_id)
    SELECT state.position + numbered.position, organization_id, last - count + nth, id
    FROM state, numbered JOIN counted USING (stream) JOIN streams USING (stream)
    ORDER BY 1)
  UPDATE outbox_state
  SET position = position + (SELECT count(*) FROM fresh), snapshot = pg_current_snapshot(),
      cluster = (SELECT system_identifier FROM pg_control_system())`;

/** Its count of new events is `added`; no row: there were none. */
export const FILL = `${fill(COMMITTED_SINCE)} WHERE EXISTS (SELECT 1 FROM fresh) RETURNING (SELECT count(*)::int FROM fresh) AS added`;
const ADOPT = `${fill(NOT_IN_OUTBOX)} RETURNING (SELECT count(*)::int FROM fresh) AS added`;

// The ids of another cluster's transactions say nothing here: they become one that is past anywhere (the first of all).
const FORGET_TRANSACTIONS = "UPDATE events SET transaction = '3' WHERE transaction <> '3'";

const IS_HOME =
  "SELECT cluster = (SELECT system_identifier FROM pg_control_system()) AS home FROM outbox_state";

/**
 * Puts the events that have committed since the last time into the outbox, numbered: a position over all, a sequence
 * within each organization, both without gaps. One process at a time does it; elsewhere it does nothing meanwhile. No
 * transaction that records events ever waits for it or for another one. Returns how many there were.
 */
export function fillOutbox(database: Database): Promise<number> {
  return database.transaction(async (sql) => {
    if (!(await tryLockOutbox(sql))) {
      return 0;
    }
    const { rows } = await sql.query<{ home: boolean }>(IS_HOME, [], "outbox_is_home");
    const [state] = rows;
    if (state === undefined) {
      throw new Error("The table outbox_state has lost its row");
    }
    return state.home ? take(sql, FILL, "outbox_fill") : adopt(sql);
  });
}

/** After a dump was restored into another cluster: what is not in the outbox yet comes now. */
async function adopt(sql: Sql): Promise<number> {
  await sql.query(FORGET_TRANSACTIONS);
  return take(sql, ADOPT);
}

async function take(sql: Sql, text: string, name?: string): Promise<number> {
  const { rows } = await sql.query<{ added: number }>(text, [], name);
  return rows[0]?.added ?? 0;
}
