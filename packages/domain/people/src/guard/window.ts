import type { Batch } from "../directory/batch.ts";
import { DEFAULT_GUARD, type GuardSettings } from "./settings.ts";

/** How many people lose something, and how many of them are suspended. */
export interface LossCount {
  readonly people: number;
  readonly suspended: number;
}

export interface Window {
  readonly settings: GuardSettings;
  /** What the directory took within the time, without this batch. */
  readonly before: LossCount;
  /** An administrator took mappings away lately: what members lose may be their act. */
  readonly mappingsEnded: boolean;
}

/** Counts what directories take, and returns what they took before, in one statement. */
export async function countLosses(
  batch: Batch,
  losses: ReadonlyMap<string, LossCount>,
): Promise<Map<string, Window>> {
  const { rows } = await batch.sql.query<{
    directory_id: string;
    share: number;
    people: number;
    minutes: number;
    lost: number;
    suspended: number;
    mappings_ended: boolean;
  }>(
    `WITH lost AS (
       SELECT * FROM unnest($2::uuid[], $3::int[], $4::int[]) AS lost (directory_id, people, suspended)
     ), counted AS (
       INSERT INTO directory_losses (organization_id, directory_id, minute, people, suspended)
       SELECT $1, directory_id, date_trunc('minute', $5::timestamptz), people, suspended FROM lost
       ON CONFLICT (directory_id, minute) DO UPDATE
       SET people = directory_losses.people + excluded.people,
           suspended = directory_losses.suspended + excluded.suspended
     )
     SELECT lost.directory_id, guard.share, guard.people, guard.minutes,
            coalesce(taken.people, 0)::int AS lost, coalesce(taken.suspended, 0)::int AS suspended,
            EXISTS (SELECT 1 FROM ended_mappings WHERE organization_id = $1) AS mappings_ended
     FROM lost
     CROSS JOIN LATERAL (
       SELECT coalesce(min(own.share), min(general.share), $6) AS share,
              coalesce(min(own.people), min(general.people), $7) AS people,
              coalesce(min(own.minutes), min(general.minutes), $8) AS minutes
       FROM (SELECT 1) AS one
       LEFT JOIN guards own ON own.target_id = lost.directory_id
       LEFT JOIN guards general ON general.target_id = $1) guard
     CROSS JOIN LATERAL (
       SELECT sum(people) AS people, sum(suspended) AS suspended FROM directory_losses w
       WHERE w.directory_id = lost.directory_id
         AND w.minute > $5::timestamptz - guard.minutes * interval '1 minute') taken`,
    [
      batch.organizationId,
      [...losses.keys()],
      [...losses.values()].map(({ people }) => people),
      [...losses.values()].map(({ suspended }) => suspended),
      batch.now,
      DEFAULT_GUARD.share,
      DEFAULT_GUARD.people,
      DEFAULT_GUARD.minutes,
    ],
    "people_count_losses",
  );
  return new Map(
    rows.map((row) => [
      row.directory_id,
      {
        settings: { share: row.share, people: row.people, minutes: row.minutes },
        before: { people: row.lost, suspended: row.suspended },
        mappingsEnded: row.mappings_ended,
      },
    ]),
  );
}

/** Takes back what was counted and is not applied, or was no directory's act. */
export async function uncountLosses(batch: Batch, directoryId: string, count: LossCount): Promise<void> {
  if (count.people === 0) {
    return;
  }
  await batch.sql.query(
    `UPDATE directory_losses SET people = people - $4, suspended = suspended - $5
     WHERE directory_id = $2 AND minute = date_trunc('minute', $3::timestamptz) AND organization_id = $1`,
    [batch.organizationId, directoryId, batch.now, count.people, count.suspended],
    "people_uncount_losses",
  );
}

/** Whether as many people are more than the share of the directory's members, before it began. */
export async function exceedsShare(
  batch: Batch,
  directoryId: string,
  lost: LossCount,
  { before, settings }: Window,
): Promise<boolean> {
  if (settings.share >= 100) {
    return false;
  }
  // As many members make it no more than the share: nobody needs to be counted beyond them.
  const enough = settings.share === 0 ? Infinity : Math.ceil((lost.people * 100) / settings.share);
  if (enough === Infinity) {
    return true;
  }
  const { rows } = await batch.sql.query<{ members: number }>(
    `SELECT count(*)::int AS members FROM (
       SELECT 1 FROM directory_users du
       JOIN directory_user_links l ON l.directory_user_id = du.id
       JOIN memberships m ON m.user_id = l.user_id AND m.status = 'active' AND m.directory IS DISTINCT FROM 'ended'
       WHERE du.directory_id = $2 AND du.organization_id = $1
       LIMIT $3) AS member`,
    [batch.organizationId, directoryId, enough],
    "people_count_members",
  );
  return (rows[0]?.members ?? 0) + before.suspended < enough;
}
