import { firstIdOf, type Sql } from "@sallyport/database";
import { REVOCATIONS_KEPT_MS } from "@sallyport/sessions";
import { DELIVERIES_KEPT_MS } from "@sallyport/webhooks";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
// Small enough that a deletion holds nobody up; each is a transaction of its own.
const ROWS = 2_000;

/** What is deleted, and since when it is no longer needed. Audit events stay. */
const RULES: readonly { readonly table: string; readonly condition: string; readonly ageMs: number }[] = [
  { table: "login_requests", condition: "expires_at < $1", ageMs: 60 * MINUTE_MS },
  { table: "logout_requests", condition: "expires_at < $1", ageMs: 60 * MINUTE_MS },
  { table: "waiting_sessions", condition: "expires_at < $1", ageMs: 0 },
  { table: "console_sessions", condition: "expires_at < $1", ageMs: 0 },
  { table: "test_logins", condition: "expires_at < $1", ageMs: 0 },
  { table: "used_assertions", condition: "expires_at < $1", ageMs: 0 },
  { table: "revoked_tokens", condition: "expires_at < $1", ageMs: 0 },
  { table: "op_artifacts", condition: "expires_at < $1", ageMs: 0 },
  { table: "login_records", condition: "created_at < $1 AND id < $2::uuid", ageMs: 30 * DAY_MS },
  {
    // Nobody came back: sooner, since anybody can start a sign-in. Looked for among those of two days only, by their ids.
    table: "login_records",
    condition: "outcome = 'started' AND created_at < $1 AND id < $2::uuid AND id > $3::uuid",
    ageMs: 7 * DAY_MS,
  },
  { table: "scim_requests", condition: "created_at < $1 AND id < $2::uuid", ageMs: 30 * DAY_MS },
  // What OAuth clients are issued, every hour anew; a token that an operator made stays in the list of them.
  { table: "directory_tokens", condition: "client_id IS NOT NULL AND expires_at < $1", ageMs: DAY_MS },
  { table: "directory_pending_members", condition: "created_at < $1", ageMs: 30 * DAY_MS },
  { table: "audit_verifications", condition: "created_at < $1 AND id < $2::uuid", ageMs: 30 * DAY_MS },
  { table: "session_revocations", condition: "at < $1", ageMs: REVOCATIONS_KEPT_MS },
  { table: "directory_losses", condition: "minute < $1", ageMs: 2 * DAY_MS },
  { table: "ended_mappings", condition: "ended_at < $1", ageMs: DAY_MS },
  {
    // A rejected one that people still keep something by goes on.
    table: "held_changes",
    condition: `decided_at < $1 AND NOT EXISTS (
      SELECT 1 FROM held_people h WHERE h.held_change_id = held_changes.id)`,
    ageMs: 90 * DAY_MS,
  },
  { table: "sessions", condition: "expires_at < $1", ageMs: 30 * DAY_MS },
  {
    // One that is pending goes on, however old.
    table: "webhook_deliveries",
    condition: "created_at < $1 AND id < $2::uuid AND status <> 'pending'",
    ageMs: DELIVERIES_KEPT_MS,
  },
  {
    // Its users and groups are gone: what it had granted was undone.
    table: "directories",
    condition: `deleted_at < $1
      AND NOT EXISTS (SELECT 1 FROM directory_users du WHERE du.directory_id = directories.id)
      AND NOT EXISTS (SELECT 1 FROM directory_groups dg WHERE dg.directory_id = directories.id)`,
    ageMs: 30 * DAY_MS,
  },
];

/** Deletes what has outlived its use. Returns how many rows of which table. */
export async function purge(sql: Sql, now: Date): Promise<Record<string, number>> {
  const deleted: Record<string, number> = {};
  for (const rule of RULES) {
    deleted[rule.table] =
      (deleted[rule.table] ?? 0) +
      (await deleteAll(sql, rule.table, rule.condition, new Date(now.getTime() - rule.ageMs)));
  }
  return deleted;
}

async function deleteAll(sql: Sql, table: string, condition: string, before: Date): Promise<number> {
  const values: unknown[] = [before];
  if (condition.includes("$2")) {
    values.push(firstIdOf(before));
  }
  if (condition.includes("$3")) {
    values.push(firstIdOf(new Date(before.getTime() - 2 * DAY_MS)));
  }
  let total = 0;
  for (;;) {
    const { rowCount } = await sql.query(
      `DELETE FROM ${table} WHERE ctid = ANY(ARRAY(SELECT ctid FROM ${table} WHERE ${condition} LIMIT ${ROWS}))`,
      values,
    );
    total += rowCount ?? 0;
    if ((rowCount ?? 0) < ROWS) {
      return total;
    }
  }
}
