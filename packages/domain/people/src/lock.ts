import type { Sql } from "@sallyport/database";

// Rather an error that is retried than a queue of transactions behind one that hangs.
const WAIT = "10s";

/**
 * One at a time, over all processes, until the transaction ends: who makes or links users of an organization. The
 * reconciler holds it for a batch; a sign-in takes it before it looks for the user of a new identity, or else both
 * could make one for the same person, and a suspension would reach only one of the two.
 *
 * Take it first in the transaction, before any row: then no two wait for each other. It ends with the transaction, so
 * a process that dies leaves nothing locked, also behind a transaction-pooling proxy.
 */
export async function lockPeople(sql: Sql, organizationId: string): Promise<void> {
  await sql.query(
    `SELECT set_config('lock_timeout', $2, true), pg_advisory_xact_lock(hashtextextended('people:' || $1::text, 0))::text`,
    [organizationId, WAIT],
    "lock_people",
  );
}

/** Lets the transactions that change one organization's roles, mappings or members follow one another. */
export async function lockOrganization(sql: Sql, organizationId: string): Promise<void> {
  await sql.query("SELECT id FROM organizations WHERE id = $1::uuid FOR NO KEY UPDATE", [organizationId]);
}
