import type { Sql } from "@sallyport/database";
import { noteChange } from "../changes.ts";
import { contentDigest } from "../content-digest.ts";

/** What stands where personal data stood. */
export const ERASED = "[erased]";

/** Texts by which rows are found that may be about a person, as patterns of LIKE. */
export interface TextPatterns {
  /** Compared with the text in lower case. */
  readonly lower: readonly string[];
  /** Compared with the text as it is. */
  readonly exact: readonly string[];
}

/** What of an event may say something of a person, beside ids. */
export interface ErasableContent {
  readonly ip: string | null;
  readonly before: unknown;
  readonly after: unknown;
  readonly data: unknown;
}

/** An event that may be about a person. */
export interface FoundEvent extends ErasableContent {
  readonly id: string;
  readonly type: string;
  readonly actorType: string;
  readonly actorId: string | null;
  readonly resourceType: string;
  readonly resourceId: string;
}

/** Where a look through the events goes on. */
export interface EventCursor {
  readonly createdAt: Date;
  readonly id: string;
}

export const FIRST_EVENT: EventCursor = {
  createdAt: new Date(0),
  id: "00000000-0000-0000-0000-000000000000",
};

export interface EventSearch {
  /** Null: those of all organizations, and of none. */
  readonly organizationId: string | null;
  readonly after: EventCursor;
  readonly limit: number;
  /** Of resources and of actors. */
  readonly ids: readonly string[];
  readonly patterns: TextPatterns;
}

interface Row {
  readonly id: string;
  readonly type: string;
  readonly actor_type: string;
  readonly actor_id: string | null;
  readonly resource_type: string;
  readonly resource_id: string;
  readonly ip: string | null;
  readonly before: unknown;
  readonly after: unknown;
  readonly data: unknown;
  readonly request_id: string | null;
  readonly salt: string | null;
  readonly erased: boolean;
  readonly organization_id: string | null;
  readonly sequence: string | null;
  readonly numbered: boolean;
}

/** An event that something was taken out of, by its place in the order; null: it is older than the order. */
export interface ErasedEvent {
  readonly organizationId: string | null;
  readonly sequence: number | null;
}

/**
 * Goes through a page of an organization's events, the oldest first. Those that may be about a person, by the ids of what is
 * theirs or by texts, are shown to `left`, which says what is left of one, or null where it stays as it is. Type, time, actor
 * and resource stay, and so does an event's place in every order; the digest of what was recorded is kept, so that an erased
 * event can be told from a forged one. To be called in a transaction of its own.
 */
export async function eraseFromEvents(
  sql: Sql,
  search: EventSearch,
  left: (event: FoundEvent) => ErasableContent | null,
  now: Date,
): Promise<{
  readonly erased: readonly ErasedEvent[];
  /** Some stay as they are until the outbox has numbered them: who erases signs for their places in the order. */
  readonly unnumbered: boolean;
  readonly next: EventCursor | null;
}> {
  const { ids, next } = await findEvents(sql, search);
  let unnumbered = false;
  const erased: ErasedEvent[] = [];
  const eventIds: string[] = [];
  for (const row of await lockEvents(sql, ids)) {
    const content = left(eventOf(row));
    unnumbered ||= content !== null && !row.numbered;
    if (content !== null && row.numbered) {
      await putInPlace(sql, row, content, now);
      eventIds.push(row.id);
      const { organization_id: organizationId, sequence } = row;
      erased.push({ organizationId, sequence: sequence === null ? null : Number(sequence) });
    }
  }
  if (eventIds.length > 0) {
    await noteChange(sql, { kind: "erased", eventIds });
  }
  return { erased, unnumbered, next };
}

async function findEvents(
  sql: Sql,
  { organizationId, after, limit, ids, patterns }: EventSearch,
): Promise<{ readonly ids: readonly string[]; readonly next: EventCursor | null }> {
  const scope = organizationId === null ? "$1::uuid IS NULL" : "organization_id = $1::uuid";
  const { rows } = await sql.query<{ id: string; created_at: Date; hit: boolean }>(
    `WITH page AS MATERIALIZED (
       SELECT id, created_at, actor_id, resource_id, concat(before, after, data) AS content FROM events
       WHERE ${scope} AND (created_at, id) > ($2::timestamptz, $3::uuid) ORDER BY created_at, id LIMIT $4::int)
     SELECT id::text AS id, created_at,
            resource_id = ANY($5::text[]) OR coalesce(actor_id = ANY($5::text[]), false)
            OR content LIKE ANY($7::text[]) OR lower(content) LIKE ANY($6::text[]) AS hit
     FROM page ORDER BY created_at, page.id`,
    [organizationId, after.createdAt, after.id, limit, ids, patterns.lower, patterns.exact],
  );
  const last = rows.at(-1);
  return {
    ids: rows.filter(({ hit }) => hit).map(({ id }) => id),
    next: last === undefined || rows.length < limit ? null : { createdAt: last.created_at, id: last.id },
  };
}

async function lockEvents(sql: Sql, ids: readonly string[]): Promise<Row[]> {
  if (ids.length === 0) {
    return [];
  }
  const { rows } = await sql.query<Row>(
    `SELECT e.id::text AS id, e.organization_id::text AS organization_id, e.type, e.actor_type, e.actor_id, e.resource_type,
            e.resource_id, e.request_id, e.ip, e.before, e.after, e.data, e.salt::text AS salt,
            e.erased_at IS NOT NULL AS erased, o.sequence::text AS sequence,
            o.sequence IS NOT NULL OR e.serial <= 0 AS numbered
     FROM events e LEFT JOIN outbox o ON o.event_id = e.id
     WHERE e.id = ANY($1::uuid[]) ORDER BY e.created_at, e.id FOR UPDATE OF e`,
    [ids],
  );
  return rows;
}

function eventOf(row: Row): FoundEvent {
  return {
    id: row.id,
    type: row.type,
    actorType: row.actor_type,
    actorId: row.actor_id,
    resourceType: row.resource_type,
    resourceId: row.resource_id,
    ip: row.ip,
    before: row.before,
    after: row.after,
    data: row.data,
  };
}

/** What was recorded is digested once: of an event that two people are erased from, before the first. */
async function putInPlace(sql: Sql, row: Row, content: ErasableContent, now: Date): Promise<void> {
  const digest = row.erased ? null : contentDigest(row);
  await sql.query(
    `UPDATE events SET ip = $2::text, before = $3::jsonb, after = $4::jsonb, data = $5::jsonb,
       digest = coalesce(digest, $6::bytea), salt = NULL, erased_at = coalesce(erased_at, $7::timestamptz)
     WHERE id = $1::uuid`,
    [row.id, content.ip, json(content.before), json(content.after), json(content.data), digest, now],
  );
}

function json(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value);
}
