import { newId, type Sql } from "@sallyport/database";
import type { EventDraft } from "@sallyport/events";
import { DEFAULT_GUARD, type GuardSettings } from "./settings.ts";

// An IdP's signals end sessions of many people at once by mistake as directories take access by mistake: the same guard
// judges both. What it holds of a connection is ends of sessions, which an administrator lets happen or not.

/** People with live sessions that an IdP's signal is to end. */
export interface SessionEnds {
  readonly organizationId: string;
  readonly connectionId: string;
  readonly userIds: readonly string[];
  /** Only sessions that began until then are meant. */
  readonly begunUntil: Date;
  /** Counts apart from all that is not. */
  readonly urgent: boolean;
  readonly now: Date;
}

export interface JudgedEnds {
  /** The change that they are held by; null: the sessions are to end. */
  readonly heldChangeId: string | null;
  readonly events: readonly EventDraft[];
}

/**
 * Whoever judges or decides on ends of a connection's sessions does so one at a time, over all processes, until the
 * transaction ends.
 */
export async function lockSessionEnds(sql: Sql, connectionId: string): Promise<void> {
  await sql.query(
    "SELECT pg_advisory_xact_lock(hashtextextended('session ends:' || $1::text, 0))::text",
    [connectionId],
    "people_lock_session_ends",
  );
}

/**
 * Judges whether these people's sessions may end, as the connection's guard has it: each person counts once within its time,
 * however often they are signaled. What goes beyond is held, with what is held already. Call it under `lockSessionEnds`.
 */
export async function guardSessionEnds(sql: Sql, ends: SessionEnds): Promise<JudgedEnds> {
  const { settings, before } = await countEnds(sql, ends);
  const people = before + ends.userIds.length;
  if (people >= settings.people && (await exceedsShare(sql, ends, people, settings))) {
    return holdEnds(sql, ends);
  }
  await sql.query(
    `INSERT INTO signal_losses AS l (connection_id, urgent, user_id, organization_id, at)
     SELECT $1, $2, user_id, $4, $5 FROM unnest($3::uuid[]) AS user_id
     ON CONFLICT (connection_id, urgent, user_id) DO UPDATE SET at = greatest(l.at, excluded.at)`,
    [ends.connectionId, ends.urgent, ends.userIds, ends.organizationId, ends.now],
    "people_count_session_ends",
  );
  return { heldChangeId: null, events: await releaseEnds(sql, ends) };
}

async function countEnds(
  sql: Sql,
  { organizationId, connectionId, urgent, userIds, now }: SessionEnds,
): Promise<{ readonly settings: GuardSettings; readonly before: number }> {
  const { rows } = await sql.query<GuardSettings & { before: number }>(
    `SELECT guard.share, guard.people, guard.minutes,
            (SELECT count(*) FROM signal_losses
             WHERE connection_id = $2 AND urgent = $3 AND user_id <> ALL($4::uuid[])
               AND at > $5::timestamptz - guard.minutes * interval '1 minute')::int AS before
     FROM (SELECT coalesce(min(own.share), min(general.share), $6) AS share,
                  coalesce(min(own.people), min(general.people), $7) AS people,
                  coalesce(min(own.minutes), min(general.minutes), $8) AS minutes
           FROM (SELECT 1) AS one
           LEFT JOIN guards own ON own.target_id = $2
           LEFT JOIN guards general ON general.target_id = $1) guard`,
    [
      ...[organizationId, connectionId, urgent, userIds, now],
      ...[DEFAULT_GUARD.share, DEFAULT_GUARD.people, DEFAULT_GUARD.minutes],
    ],
    "people_session_ends_before",
  );
  const { before, ...settings } = rows[0] ?? { ...DEFAULT_GUARD, before: 0 };
  return { settings, before };
}

/** Whether they are more than the share of those whom the connection knows. */
async function exceedsShare(
  sql: Sql,
  { organizationId, connectionId }: SessionEnds,
  people: number,
  { share }: GuardSettings,
): Promise<boolean> {
  if (share === 0 || share >= 100) {
    return share === 0;
  }
  // As many people make it no more than the share: nobody needs to be counted beyond them.
  const enough = Math.ceil((people * 100) / share);
  const { rows } = await sql.query<{ known: number }>(
    `SELECT count(*)::int AS known FROM (
       SELECT DISTINCT user_id FROM identities WHERE connection_id = $2 AND organization_id = $1 LIMIT $3) AS person`,
    [organizationId, connectionId, enough],
    "people_count_known",
  );
  return (rows[0]?.known ?? 0) < enough;
}

async function holdEnds(sql: Sql, ends: SessionEnds): Promise<JudgedEnds> {
  const { organizationId, connectionId, userIds, begunUntil, now } = ends;
  const { rows } = await sql.query<{ id: string; made: boolean }>(
    `WITH made AS (
       INSERT INTO held_changes (id, organization_id, connection_id, created_at) VALUES ($3, $1, $2, $4)
       ON CONFLICT (connection_id) WHERE status = 'held' DO NOTHING
       RETURNING id)
     SELECT id, true AS made FROM made
     UNION ALL
     SELECT id, false FROM held_changes WHERE organization_id = $1 AND connection_id = $2 AND status = 'held'`,
    [organizationId, connectionId, newId(), now],
    "people_open_held_ends",
  );
  const [change] = rows;
  if (change === undefined) {
    throw new Error("A held change could not be opened");
  }
  const { rows: held } = await sql.query<{ fresh: boolean }>(
    `INSERT INTO held_session_ends AS h (held_change_id, user_id, organization_id, begun_until)
     SELECT $1, user_id, $3, $4 FROM unnest($2::uuid[]) AS user_id
     ON CONFLICT (held_change_id, user_id) DO UPDATE SET begun_until = greatest(h.begun_until, excluded.begun_until)
     RETURNING xmax = 0 AS fresh`,
    [change.id, userIds, organizationId, begunUntil],
    "people_hold_session_ends",
  );
  const people = held.filter(({ fresh }) => fresh).length;
  const event: EventDraft = {
    organizationId,
    type: change.made ? "held_change.created" : "held_change.grown",
    resource: { type: "heldChange", id: change.id },
    data: { connectionId, people, suspended: 0 },
  };
  return { heldChangeId: change.id, events: people === 0 ? [] : [event] };
}

/** Their sessions end: what was held of them has happened. */
async function releaseEnds(
  sql: Sql,
  { organizationId, connectionId, userIds, begunUntil, now }: SessionEnds,
): Promise<EventDraft[]> {
  const { rows } = await sql.query<{ id: string }>(
    `DELETE FROM held_session_ends h USING held_changes c
     WHERE c.id = h.held_change_id AND c.connection_id = $1 AND c.organization_id = $4
       AND h.user_id = ANY($2::uuid[]) AND h.begun_until <= $3
     RETURNING c.id`,
    [connectionId, userIds, begunUntil, organizationId],
    "people_release_session_ends",
  );
  if (rows.length === 0) {
    return [];
  }
  const { rows: withdrawn } = await sql.query<{ id: string }>(
    `UPDATE held_changes c SET status = 'withdrawn', decided_at = $3
     WHERE c.connection_id = $1 AND c.organization_id = $2 AND c.status = 'held'
       AND NOT EXISTS (SELECT FROM held_session_ends h WHERE h.held_change_id = c.id)
     RETURNING c.id`,
    [connectionId, organizationId, now],
    "people_withdraw_held_ends",
  );
  return withdrawn.map(({ id }) => ({
    organizationId,
    type: "held_change.withdrawn",
    resource: { type: "heldChange", id },
    data: { connectionId },
  }));
}

/** The sessions that end by a held change which is confirmed now; nothing is held by it any more. */
export async function takeHeldEnds(
  sql: Sql,
  organizationId: string,
  heldChangeId: string,
  now: Date,
): Promise<string[]> {
  const { rows } = await sql.query<{ id: string }>(
    `WITH held AS (
       DELETE FROM held_session_ends WHERE held_change_id = $2::uuid AND organization_id = $1::uuid
       RETURNING user_id, begun_until)
     SELECT s.id FROM held JOIN sessions s ON s.user_id = held.user_id
     WHERE s.organization_id = $1::uuid AND s.revoked_at IS NULL AND s.expires_at > $3::timestamptz
       AND s.created_at <= held.begun_until`,
    [organizationId, heldChangeId, now],
    "people_take_held_ends",
  );
  return rows.map(({ id }) => id);
}
