import { type KnownSeal, loadAuditKeys, verifyTrails } from "@sallyport/audit-trail";
import type { Sql } from "@sallyport/database";
import { expect } from "vitest";
import type { Promised, Push } from "./push.ts";

const PATIENCE = { timeout: 120_000, interval: 50 };

/**
 * What must hold after any fault, once everything is worked off: each 2xx is in the database, memberships are what follows from
 * the directory's rows, and the trail has every event once, in order.
 */
export async function expectNothingLost(sql: Sql, { organizationId, promised }: Push): Promise<void> {
  await expect.poll(() => unfinished(sql), PATIENCE).toEqual({ marks: 0, events: 0 });
  expect(await directoryOf(sql, organizationId)).toEqual(rowsOf(promised));
  expect(await activeMembers(sql, organizationId)).toEqual(
    rowsOf(promised)
      .filter(({ active }) => active)
      .map(({ userName }) => userName),
  );
  expect(await brokenTrails(sql, organizationId)).toEqual([]);
  expect(await createdOtherThanOnce(sql, organizationId)).toEqual([]);
  expect(await gapsInOutbox(sql)).toEqual([]);
  expect(await brokenSeals(sql)).toEqual([]);
}

/** What is still to be worked off: marks, and events that are not in the outbox. */
async function unfinished(sql: Sql): Promise<unknown> {
  const { rows } = await sql
    .query(
      `SELECT (SELECT count(*)::int FROM dirty_directory_users) AS marks,
              (SELECT count(*)::int FROM events e WHERE NOT EXISTS (SELECT 1 FROM outbox o WHERE o.event_id = e.id)) AS events`,
    )
    .catch(() => ({ rows: [] })); // PostgreSQL may be away still
  return rows[0];
}

function rowsOf(promised: ReadonlyMap<string, Promised>) {
  return [...promised]
    .filter(([, { deleted }]) => !deleted)
    .map(([userName, { active }]) => ({ userName, active }))
    .toSorted((one, other) => (one.userName < other.userName ? -1 : 1));
}

async function directoryOf(sql: Sql, organizationId: string): Promise<unknown[]> {
  const { rows } = await sql.query(
    `SELECT user_name AS "userName", active FROM directory_users
     WHERE organization_id = $1 AND deleted_at IS NULL ORDER BY user_name COLLATE "C"`,
    [organizationId],
  );
  return rows;
}

async function activeMembers(sql: Sql, organizationId: string): Promise<string[]> {
  const { rows } = await sql.query<{ email: string }>(
    `SELECT u.email FROM memberships m JOIN users u ON u.id = m.user_id
     WHERE m.organization_id = $1 AND m.status = 'active' ORDER BY u.email COLLATE "C"`,
    [organizationId],
  );
  return rows.map(({ email }) => email);
}

/** Memberships whose events do not tell their story: created once, then another status each time, up to what it is now. */
async function brokenTrails(sql: Sql, organizationId: string): Promise<unknown[]> {
  const { rows } = await sql.query(
    `WITH told AS (
       SELECT resource_id, count(*) FILTER (WHERE type = 'membership.created') AS created,
              string_agg(CASE type WHEN 'membership.created' THEN after->>'status'
                                   WHEN 'membership.suspended' THEN 'suspended'
                                   ELSE 'active' END, ' ' ORDER BY serial) AS story
       FROM events
       WHERE organization_id = $1 AND type IN ('membership.created', 'membership.suspended', 'membership.activated')
       GROUP BY resource_id)
     SELECT m.id, m.status, told.created::int, told.story FROM memberships m LEFT JOIN told ON told.resource_id = m.id::text
     WHERE m.organization_id = $1
       AND (told.created IS DISTINCT FROM 1 OR story ~ 'active active|suspended suspended'
            OR story !~ (m.status || '$'))`,
    [organizationId],
  );
  return rows;
}

async function createdOtherThanOnce(sql: Sql, organizationId: string): Promise<unknown[]> {
  const { rows } = await sql.query(
    `SELECT d.id, count(e.id)::int AS times FROM directory_users d
     LEFT JOIN events e ON e.resource_id = d.id::text AND e.type = 'directory_user.created'
     WHERE d.organization_id = $1 GROUP BY d.id HAVING count(e.id) <> 1`,
    [organizationId],
  );
  return rows;
}

/** What a verification finds wrong with the seals that were made meanwhile: an entry sealed twice, or left out. */
export async function brokenSeals(sql: Sql, anchors: readonly KnownSeal[] = []): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const { problems } of verifyTrails({ sql, anchors, keys: await loadAuditKeys(sql) })) {
    found.push(...problems);
  }
  return found;
}

/** Positions, and sequences of an organization, that are missing or come twice. */
export async function gapsInOutbox(sql: Sql): Promise<unknown[]> {
  const { rows } = await sql.query(
    `SELECT * FROM (
       SELECT position, row_number() OVER (ORDER BY position) AS nth, sequence,
              row_number() OVER (PARTITION BY organization_id ORDER BY position) AS nth_of_organization
       FROM outbox) numbered
     WHERE position <> nth OR sequence <> nth_of_organization`,
  );
  return rows;
}
