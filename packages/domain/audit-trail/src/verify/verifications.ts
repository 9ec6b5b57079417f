import { setTimeout as sleep } from "node:timers/promises";
import { type Database, newId, type Sql } from "@sallyport/database";
import { recordEvents } from "@sallyport/events";
import type { SecretBox } from "@sallyport/secrets";
import { loadAuditKeys } from "../keys.ts";
import { keyOf, organizationOf } from "../organization.ts";
import type { TrailReport } from "./report.ts";
import { TRAILS, verifyTrail } from "./verify-trail.ts";

/** A verification that somebody asked for, and what it came to. */
export interface Verification {
  readonly id: string;
  readonly organizationId: string | null;
  /** How many of the sealed events were looked at, of how many. */
  readonly checked: number;
  readonly total: number;
  /** Null while it is to be done, or under way. */
  readonly report: TrailReport | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

interface Row {
  readonly id: string;
  readonly organization_id: string;
  readonly checked: string;
  readonly total: string;
  readonly report: TrailReport | null;
  readonly created_at: Date;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
}

const COLUMNS = "id, organization_id, checked, total, report, created_at, started_at, finished_at";

function verificationOf(row: Row): Verification {
  return {
    id: row.id,
    organizationId: organizationOf(row.organization_id),
    checked: Number(row.checked),
    total: Number(row.total),
    report: row.report,
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
  };
}

/**
 * Asks for a verification; one that is still to be done, or under way, serves for all who ask, and hurries where it went by
 * the clock. Within a transaction.
 */
export async function requestVerification(
  sql: Sql,
  organizationId: string | null,
): Promise<{ readonly verification: Verification; readonly isNew: boolean }> {
  const key = keyOf(organizationId);
  await sql.query("SELECT pg_advisory_xact_lock(hashtextextended('audit-verification:' || $1, 0))::text", [
    key,
  ]);
  const open = await sql.query<Row>(
    `UPDATE audit_verifications SET by_clock = false
     WHERE id = (SELECT id FROM audit_verifications WHERE organization_id = $1::uuid AND finished_at IS NULL
                 ORDER BY created_at DESC, id DESC LIMIT 1)
     RETURNING ${COLUMNS}`,
    [key],
  );
  if (open.rows[0] !== undefined) {
    return { verification: verificationOf(open.rows[0]), isNew: false };
  }
  const made = await sql.query<Row>(
    `INSERT INTO audit_verifications (id, organization_id, total)
     VALUES ($1::uuid, $2::uuid, coalesce((SELECT last_sequence FROM audit_trails WHERE organization_id = $2::uuid), 0))
     RETURNING ${COLUMNS}`,
    [newId(), key],
  );
  const [row] = made.rows;
  if (row === undefined) {
    throw new Error("The verification that was just asked for is not there");
  }
  return { verification: verificationOf(row), isNew: true };
}

/** Null: that organization has none of this id. */
export async function findVerification(
  sql: Sql,
  organizationId: string | null,
  id: string,
): Promise<Verification | null> {
  const { rows } = await sql.query<Row>(
    `SELECT ${COLUMNS} FROM audit_verifications WHERE organization_id = $1 AND id = $2`,
    [keyOf(organizationId), id],
  );
  return rows[0] === undefined ? null : verificationOf(rows[0]);
}

/** The last one that was asked for, or that the clock has finished; and the last that was done. */
export async function latestVerifications(
  sql: Sql,
  organizationId: string | null,
): Promise<{ readonly asked: Verification | null; readonly done: Verification | null }> {
  const latest = async (condition: string) => {
    const { rows } = await sql.query<Row>(
      `SELECT ${COLUMNS} FROM audit_verifications WHERE organization_id = $1 AND ${condition}
       ORDER BY created_at DESC, id DESC LIMIT 1`,
      [keyOf(organizationId)],
    );
    return rows[0] === undefined ? null : verificationOf(rows[0]);
  };
  const asked = await latest("NOT (by_clock AND finished_at IS NULL)");
  return {
    asked,
    done: asked === null || asked.finishedAt !== null ? asked : await latest("finished_at IS NOT NULL"),
  };
}

/** So many trails at most are put on the clock's list at once. */
const MOST_BY_CLOCK = 200;

/**
 * Asks for a verification of the trails that none was asked for of late, those that have waited longest first, up to 200 at
 * once. Resolves to how many.
 * @param everyHours how long one is good for, by the database's clock
 */
export async function requestVerificationsByClock(sql: Sql, everyHours: number): Promise<number> {
  const { rows } = await sql.query<{ requested: number }>(
    `WITH due AS MATERIALIZED (
       SELECT t.key, last.at FROM (${TRAILS}) t
       LEFT JOIN LATERAL (
         SELECT created_at AS at, finished_at FROM audit_verifications
         WHERE organization_id = t.key ORDER BY created_at DESC, id DESC LIMIT 1) last ON true
       WHERE last.at IS NULL OR (last.finished_at IS NOT NULL AND last.at <= now() - make_interval(hours => $1))
       ORDER BY last.at NULLS FIRST LIMIT ${MOST_BY_CLOCK}),
     requested AS (
       INSERT INTO audit_verifications (id, organization_id, total, by_clock)
       SELECT gen_random_uuid(), due.key, coalesce(t.last_sequence, 0), true
       FROM due LEFT JOIN audit_trails t ON t.organization_id = due.key RETURNING 1)
     SELECT count(*)::int AS requested FROM requested`,
    [everyHours],
    "audit_verify_due",
  );
  return rows[0]?.requested ?? 0;
}

interface Running {
  readonly database: Database;
  readonly secrets: SecretBox;
  readonly signal?: AbortSignal;
}

/** For each second of work by the clock, as many without. */
const QUIET = 3;

/**
 * Does the verifications that somebody asked for, or those of the clock, one after the other, each in one process; takes over
 * from a process that was not heard of for a minute. What a trail came to is kept, and one that was tampered with leaves an
 * event. Those of the clock leave the database alone for most of their time.
 */
export async function runVerifications(deps: Running & { readonly byClock?: boolean }): Promise<void> {
  const { database, byClock = false } = deps;
  const next = () => claim(database.sql, byClock);
  for (let claimed = await next(); claimed !== undefined; claimed = await next()) {
    await run(deps, claimed, byClock);
  }
}

type Claimed = Pick<Verification, "id" | "organizationId">;

async function run(
  { database, secrets, signal }: Running,
  claimed: Claimed,
  byClock: boolean,
): Promise<void> {
  const { sql } = database;
  const { id, organizationId } = claimed;
  let quiet = byClock;
  let told = performance.now();
  let began = performance.now();
  const report = await verifyTrail(organizationId, {
    sql,
    keys: await loadAuditKeys(sql, secrets),
    onProgress: async (checked) => {
      if (quiet) {
        await sleep((performance.now() - began) * QUIET, undefined, signal && { signal }).catch(
          () => undefined,
        );
      }
      if (signal?.aborted === true) {
        await release(sql, id); // another process begins it anew
        signal.throwIfAborted();
      }
      if (performance.now() - told > 1_000) {
        told = performance.now();
        // Somebody may have asked for it meanwhile.
        quiet = await noteProgress(sql, id, checked);
      }
      began = performance.now();
    },
  });
  await database.transaction((inside) => finish(inside, claimed, report));
}

/** Resolves to whether it is of the clock alone. */
async function noteProgress(sql: Sql, id: string, checked: number): Promise<boolean> {
  const { rows } = await sql.query<{ by_clock: boolean }>(
    "UPDATE audit_verifications SET checked = $2, seen_at = now() WHERE id = $1 RETURNING by_clock",
    [id, checked],
  );
  return rows[0]?.by_clock === true;
}

async function claim(sql: Sql, byClock: boolean): Promise<Claimed | undefined> {
  const { rows } = await sql.query<{ id: string; organization_id: string }>(
    `UPDATE audit_verifications SET started_at = now(), seen_at = now(), checked = 0
     WHERE id = (
       SELECT id FROM audit_verifications
       WHERE by_clock = $1 AND finished_at IS NULL AND (seen_at IS NULL OR seen_at < now() - interval '1 minute')
       ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING id, organization_id`,
    [byClock],
  );
  const [row] = rows;
  return row === undefined ? undefined : { id: row.id, organizationId: organizationOf(row.organization_id) };
}

async function release(sql: Sql, id: string): Promise<void> {
  await sql.query(
    "UPDATE audit_verifications SET started_at = NULL, seen_at = NULL WHERE id = $1 AND finished_at IS NULL",
    [id],
  );
}

async function finish(sql: Sql, { id, organizationId }: Claimed, report: TrailReport): Promise<void> {
  const { rows } = await sql.query(
    `UPDATE audit_verifications SET report = $2::jsonb, checked = total, finished_at = now()
     WHERE id = $1 AND finished_at IS NULL RETURNING id`,
    [id, JSON.stringify(report)],
  );
  if (rows.length === 0 || report.intact) {
    return; // the organization is gone, or another process was quicker; or there is nothing to tell
  }
  await recordEvents(sql, [
    {
      organizationId,
      type: "audit_trail.tampering_found",
      actor: { type: "system" },
      resource: { type: "auditTrail", id: organizationId ?? "gateway" },
      data: { verificationId: id, problems: report.problemCount },
    },
  ]);
}
