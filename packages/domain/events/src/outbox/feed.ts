import type { Sql } from "@sallyport/database";
import type { RecordedEvent } from "../event.ts";
import { EVENT_COLUMNS, type EventRow, eventOf } from "../stored.ts";

/** Whose events are read: one organization's by their sequence, or all there are by their position. */
export type FeedScope = { readonly organizationId: string } | "all";

export interface FeedQuery {
  /** The number of the last event that was read; 0 before the first. */
  readonly after: number;
  /** Events before it are not served. */
  readonly keptSince: Date;
  /** Only these; all where there are none. */
  readonly types?: readonly string[];
  readonly limit: number;
}

export interface FeedEntry {
  /** By the scope: its sequence or its position. */
  readonly number: number;
  readonly event: RecordedEvent;
}

export interface FeedPage {
  readonly entries: readonly FeedEntry[];
  /** Where to go on. It moves on also where no event was of the types that are asked for. */
  readonly next: number;
  /** Whether there was more to look at. */
  readonly more: boolean;
}

/** So many are looked at for those of some types, so that one request does a bounded work. */
const MOST_LOOKED_AT = 2_000;
/** An event bears the time when its transaction began: one that took longer may stand further behind. */
const LONGEST_TRANSACTION_MS = 60_000;

interface Numbering {
  /** Of `outbox o`. */
  readonly number: "o.sequence" | "o.position";
  /** A condition on `outbox o`, by $1. */
  readonly where: string;
  /** The last number that was given, by $1. */
  readonly last: string;
  readonly id: string | null;
  readonly name: string;
}

function numberingOf(scope: FeedScope): Numbering {
  return scope === "all"
    ? {
        number: "o.position",
        where: "$1::uuid IS NULL",
        last: "SELECT position FROM outbox_state WHERE $1::uuid IS NULL",
        id: null,
        name: "all",
      }
    : {
        number: "o.sequence",
        where: "o.organization_id = $1::uuid",
        last: "SELECT last FROM outbox_sequences WHERE organization_id = $1::uuid",
        id: scope.organizationId,
        name: "one",
      };
}

/**
 * The events behind a number, the oldest first. Null where some between are not kept any more, or where the number was
 * never given here: the reader has missed something, and must be told.
 */
export async function readEventFeed(sql: Sql, scope: FeedScope, query: FeedQuery): Promise<FeedPage | null> {
  if (!(await isKept(sql, scope, query))) {
    return null;
  }
  const { number, where, id, name } = numberingOf(scope);
  const { after, types, limit } = query;
  const lookedAt = types === undefined ? limit : Math.max(limit, MOST_LOOKED_AT);
  const { rows } = await sql.query<
    EventRow & { readonly number: string; readonly last: string; readonly looked: number }
  >(
    `WITH looked_at AS MATERIALIZED (
       SELECT ${number} AS number, o.sequence, o.event_id FROM outbox o
       WHERE ${where} AND ${number} > $2::bigint ORDER BY ${number} LIMIT $3)
     SELECT o.number, end_of.last, end_of.looked, ${EVENT_COLUMNS}
     FROM (SELECT max(number) AS last, count(*)::int AS looked FROM looked_at) end_of
     LEFT JOIN (looked_at o JOIN events e ON e.id = o.event_id AND ($4::text[] IS NULL OR e.type = ANY ($4)))
       ON true
     ORDER BY o.number LIMIT $5`,
    [id, after, lookedAt, types ?? null, limit],
    `events_feed_${name}`,
  );
  const found = rows.filter((row) => row.id !== null);
  const full = found.length === limit;
  const end = full ? found.at(-1)?.number : rows[0]?.last;
  return {
    entries: found.map((row) => ({ number: Number(row.number), event: eventOf(row) })),
    next: end == null ? after : Number(end),
    more: full || rows[0]?.looked === lookedAt,
  };
}

/**
 * Whether nothing is missing behind a number. An organization's numbers have no gap; of all positions those are free that
 * a deleted organization had.
 */
async function isKept(sql: Sql, scope: FeedScope, { after, keptSince }: FeedQuery): Promise<boolean> {
  const { number, where, last, id, name } = numberingOf(scope);
  const { rows } = await sql.query<{ last: string | null; next: string | null; created_at: Date | null }>(
    `SELECT given.last, following.next, following.created_at FROM (SELECT (${last}) AS last) given
     LEFT JOIN LATERAL (
       SELECT ${number} AS next, e.created_at FROM outbox o LEFT JOIN events e ON e.id = o.event_id
       WHERE ${where} AND ${number} > $2::bigint ORDER BY ${number} LIMIT 1) following ON true`,
    [id, after],
    `events_feed_kept_${name}`,
  );
  const given = Number(rows[0]?.last ?? 0);
  const next = rows[0]?.next ?? null;
  const at = rows[0]?.created_at ?? null;
  const withoutGap = scope === "all" || Number(next ?? given + 1) === after + 1;
  return given >= after && withoutGap && (next === null || (at !== null && at >= keptSince));
}

/**
 * The number to read on from in order to get every event since a time: it may be that of an event up to a minute before
 * it. Numbers are given nearly in the order of time, so it is found by halving, in about 20 small statements.
 */
export async function feedSince(sql: Sql, scope: FeedScope, since: Date): Promise<number> {
  const { number, where, last, id, name } = numberingOf(scope);
  const { rows } = await sql.query<{ first: string | null; last: string | null }>(
    `SELECT (SELECT ${number} FROM outbox o WHERE ${where} ORDER BY ${number} LIMIT 1) AS first, (${last}) AS last`,
    [id],
    `events_feed_ends_${name}`,
  );
  const from = new Date(since.getTime() - LONGEST_TRANSACTION_MS);
  let low = Number(rows[0]?.first ?? 0);
  let high = Number(rows[0]?.last ?? 0) + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const { rows: probed } = await sql.query<{ created_at: Date }>(
      `SELECT e.created_at FROM outbox o JOIN events e ON e.id = o.event_id
       WHERE ${where} AND ${number} >= $2::bigint ORDER BY ${number} LIMIT 1`,
      [id, middle],
      `events_feed_probe_${name}`,
    );
    const at = probed[0]?.created_at;
    if (at === undefined || at >= from) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return Math.max(0, low - 1);
}

/** The number of the last event that there is; 0 where there is none. */
export async function feedEnd(sql: Sql, scope: FeedScope): Promise<number> {
  const { last, id, name } = numberingOf(scope);
  const { rows } = await sql.query<{ last: string | null }>(
    `SELECT (${last}) AS last`,
    [id],
    `events_feed_end_${name}`,
  );
  return Number(rows[0]?.last ?? 0);
}

/** Behind a number from which on events are missing: the number after which none is. */
export async function feedAfterGap(sql: Sql, scope: FeedScope, after: number): Promise<number> {
  const { number, where, last, id, name } = numberingOf(scope);
  // One statement: what comes while it looks is not taken for the end.
  const { rows } = await sql.query<{ end: string | null }>(
    `SELECT coalesce(
       (SELECT ${number} - 1 FROM outbox o
        WHERE ${where} AND ${number} > $2::bigint AND EXISTS (SELECT 1 FROM events e WHERE e.id = o.event_id)
        ORDER BY ${number} LIMIT 1),
       (${last})) AS end`,
    [id, after],
    `events_feed_after_gap_${name}`,
  );
  return Number(rows[0]?.end ?? after);
}

/** How many events there are behind a number, and when the first of them happened. */
export async function feedLag(
  sql: Sql,
  scope: FeedScope,
  after: number,
): Promise<{ readonly events: number; readonly since: Date | null }> {
  const { number, where, last, id, name } = numberingOf(scope);
  const { rows } = await sql.query<{ last: string | null; since: Date | null }>(
    `SELECT (${last}) AS last,
            (SELECT e.created_at FROM outbox o JOIN events e ON e.id = o.event_id
             WHERE ${where} AND ${number} > $2::bigint ORDER BY ${number} LIMIT 1) AS since`,
    [id, after],
    `events_feed_lag_${name}`,
  );
  const events = Math.max(0, Number(rows[0]?.last ?? 0) - after);
  return { events, since: events === 0 ? null : (rows[0]?.since ?? null) };
}
