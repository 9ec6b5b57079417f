import type { Database, Sql } from "@sallyport/database";
import type { Outcome, RecordedEvent } from "./event.ts";
import { EVENT_COLUMNS, type EventRow, eventOf } from "./stored.ts";

/** Which events of an organization are wanted: those that are as each field says. */
export interface HistoryFilter {
  readonly type?: string;
  readonly actorType?: string;
  readonly actorId?: string;
  readonly resourceId?: string;
  readonly outcome?: Outcome;
  readonly requestId?: string;
  /** From this time on, until before that one. */
  readonly since?: Date;
  readonly until?: Date;
}

/** Where a page of history ended. */
export interface HistoryPosition {
  readonly createdAt: Date;
  readonly id: string;
}

/** The newest events first, behind a position; `organizationId` is null for those that belong to none. */
export async function readHistory(
  sql: Sql,
  organizationId: string | null,
  filter: HistoryFilter,
  { behind, limit }: { readonly behind?: HistoryPosition | undefined; readonly limit: number },
): Promise<RecordedEvent[]> {
  const { conditions, values } = conditionsOf(organizationId, filter);
  if (behind !== undefined) {
    values.push(behind.createdAt, behind.id);
    conditions.push(`(e.created_at, e.id) < ($${values.length - 1}::timestamptz, $${values.length}::uuid)`);
  }
  values.push(limit);
  // The row of the outbox is looked up for what is shown, not joined to what is searched.
  const { rows } = await sql.query<EventRow>(
    `SELECT ${EVENT_COLUMNS}
     FROM (SELECT * FROM events e WHERE ${conditions.join(" AND ")}
           ORDER BY e.created_at DESC, e.id DESC LIMIT $${values.length}) e
     LEFT JOIN LATERAL (SELECT sequence FROM outbox WHERE event_id = e.id OFFSET 0) o ON true
     ORDER BY e.created_at DESC, e.id DESC`,
    values,
  );
  return rows.map(eventOf);
}

/** Of one event; null where the organization has no such event. */
export async function findHistoryPosition(
  sql: Sql,
  organizationId: string | null,
  id: string,
): Promise<HistoryPosition | null> {
  const { rows } = await sql.query<{ created_at: Date }>(
    "SELECT created_at FROM events WHERE id = $1::uuid AND organization_id IS NOT DISTINCT FROM $2::uuid",
    [id, organizationId],
  );
  const [row] = rows;
  return row === undefined ? null : { createdAt: row.created_at, id };
}

export interface HistoryCount {
  readonly count: number;
  readonly isEstimate: boolean;
}

const COUNTED = 1_000_000;
const COUNTING_MS = 1_000;
/** PostgreSQL's `query_canceled`. */
const CANCELED = "57014";

/** How many there are: counted up to a million, in at most a second; else as many as the planner takes it for. */
export async function countHistory(
  { sql, transaction }: Pick<Database, "sql" | "transaction">,
  organizationId: string | null,
  filter: HistoryFilter,
): Promise<HistoryCount> {
  const { conditions, values } = conditionsOf(organizationId, filter);
  const wanted = `FROM events e WHERE ${conditions.join(" AND ")}`;
  const counted = await transaction(async (sql) => {
    await sql.query(`SET LOCAL statement_timeout = ${COUNTING_MS}`);
    const { rows } = await sql.query<{ count: string }>(
      `SELECT count(*) FROM (SELECT 1 ${wanted} LIMIT ${COUNTED + 1}) AS counted`,
      values,
    );
    return Number(rows[0]?.count);
  }).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === CANCELED) {
      return null;
    }
    throw error;
  });
  if (counted !== null && counted <= COUNTED) {
    return { count: counted, isEstimate: false };
  }
  const { rows } = await sql.query<{ "QUERY PLAN": readonly { readonly Plan: { "Plan Rows": number } }[] }>(
    `EXPLAIN (FORMAT JSON) SELECT 1 ${wanted}`,
    values,
  );
  const planned = rows[0]?.["QUERY PLAN"][0]?.Plan["Plan Rows"] ?? 0;
  return { count: Math.max(planned, counted ?? 0), isEstimate: true };
}

function conditionsOf(organizationId: string | null, filter: HistoryFilter) {
  const values: unknown[] = [];
  const conditions: string[] = [];
  const add = (condition: string, value: unknown) => {
    if (value !== undefined) {
      values.push(value);
      conditions.push(`${condition} $${values.length}`);
    }
  };
  if (organizationId === null) {
    conditions.push("e.organization_id IS NULL");
  } else {
    add("e.organization_id =", organizationId);
  }
  add("e.type =", filter.type);
  add("e.actor_type =", filter.actorType);
  add("e.actor_id =", filter.actorId);
  add("e.resource_id =", filter.resourceId);
  add("e.outcome =", filter.outcome);
  add("e.request_id =", filter.requestId);
  add("e.created_at >=", filter.since);
  add("e.created_at <", filter.until);
  return { conditions, values };
}
