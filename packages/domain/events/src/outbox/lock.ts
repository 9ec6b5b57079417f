import type { Sql } from "@sallyport/database";

const KEY = "hashtextextended('outbox', 0)";

/**
 * Held by the process that fills the outbox, until the transaction ends: false if another one holds it.
 */
export async function tryLockOutbox(sql: Sql): Promise<boolean> {
  const { rows } = await sql.query<{ locked: boolean }>(
    `SELECT pg_try_advisory_xact_lock(${KEY}) AS locked`,
    [],
    "outbox_try_lock",
  );
  return rows[0]?.locked === true;
}

/** Waits for whoever fills the outbox, and keeps others from it until the transaction ends. */
export async function lockOutbox(sql: Sql): Promise<void> {
  await sql.query(`SELECT pg_advisory_xact_lock(${KEY})::text`);
}
