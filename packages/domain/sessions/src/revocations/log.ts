import type { Sql } from "@sallyport/database";

// The table `session_revocations` is written by triggers, in the transaction that ends a session. A reader keeps the
// snapshot of its last look: what that did not see, and the present one does, has committed since, however long its
// transaction took. So nobody who ends a session waits, and no reader skips what commits late.

/** What had committed at some moment, as PostgreSQL writes it (`pg_snapshot`). */
export type Snapshot = string;

/** A session of which something ended. */
export interface SessionEnd {
  readonly sessionId: string;
  /** Null: no application has tokens of it, or it did not end itself, but one of its tokens or roles. */
  readonly applicationId: string | null;
}

/** What is in the log as of now. */
export async function presentSnapshot(sql: Sql): Promise<Snapshot> {
  const { rows } = await sql.query<{ snapshot: Snapshot }>(
    "SELECT pg_current_snapshot()::text AS snapshot",
    [],
    "revocations_snapshot",
  );
  const [row] = rows;
  if (row === undefined) {
    throw new Error("PostgreSQL returned no snapshot");
  }
  return row.snapshot;
}

/** What has committed since, and the snapshot to go on from. */
export async function endsSince(
  sql: Sql,
  since: Snapshot,
): Promise<{ readonly snapshot: Snapshot; readonly ends: readonly SessionEnd[] }> {
  const { rows } = await sql.query<{
    snapshot: Snapshot;
    session_id: string | null;
    application_id: string | null;
  }>(
    `SELECT pg_current_snapshot()::text AS snapshot, r.session_id, r.application_id
     FROM (SELECT 1) once
     LEFT JOIN session_revocations r ON r.transaction >= pg_snapshot_xmin($1::pg_snapshot)
       AND NOT pg_visible_in_snapshot(r.transaction, $1::pg_snapshot)`,
    [since],
    "revocations_since",
  );
  return {
    snapshot: rows[0]?.snapshot ?? since,
    ends: rows.flatMap(({ session_id: sessionId, application_id: applicationId }) =>
      sessionId === null ? [] : [{ sessionId, applicationId }],
    ),
  };
}
