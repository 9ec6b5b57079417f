import { openAuditSigner, recordRemoval } from "@sallyport/audit-trail";
import { type Database, firstIdOf, type Sql } from "@sallyport/database";
import { deleteOldRequests } from "@sallyport/directories";
import { DEFAULT_RETENTION } from "@sallyport/erasure";
import { deleteOldEvents } from "@sallyport/events";
import { deleteOldLoginRecords, deleteUnfinishedLoginRecords } from "@sallyport/login-records";
import type { SecretBox } from "@sallyport/secrets";
import { deleteOldSessions, REVOCATIONS_KEPT_MS } from "@sallyport/sessions";
import { DELIVERIES_KEPT_MS } from "@sallyport/webhooks";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
// Small enough that a deletion holds nobody up; each is a transaction of its own.
const ROWS = 2_000;

/** What is deleted, and since when it is no longer needed: the same for everybody. */
const RULES: readonly { readonly table: string; readonly condition: string; readonly ageMs: number }[] = [
  { table: "login_requests", condition: "expires_at < $1", ageMs: 60 * MINUTE_MS },
  { table: "logout_requests", condition: "expires_at < $1", ageMs: 60 * MINUTE_MS },
  { table: "waiting_sessions", condition: "expires_at < $1", ageMs: 0 },
  { table: "console_sessions", condition: "expires_at < $1", ageMs: 0 },
  { table: "test_logins", condition: "expires_at < $1", ageMs: 0 },
  { table: "used_assertions", condition: "expires_at < $1", ageMs: 0 },
  { table: "revoked_tokens", condition: "expires_at < $1", ageMs: 0 },
  { table: "op_artifacts", condition: "expires_at < $1", ageMs: 0 },
  // What OAuth clients are issued, every hour anew; a token that an operator made stays in the list of them.
  { table: "directory_tokens", condition: "client_id IS NOT NULL AND expires_at < $1", ageMs: DAY_MS },
  { table: "directory_pending_members", condition: "created_at < $1", ageMs: 30 * DAY_MS },
  { table: "audit_verifications", condition: "created_at < $1 AND id < $2::uuid", ageMs: 30 * DAY_MS },
  { table: "session_revocations", condition: "at < $1", ageMs: REVOCATIONS_KEPT_MS },
  { table: "directory_losses", condition: "minute < $1", ageMs: 2 * DAY_MS },
  { table: "signal_losses", condition: "at < $1", ageMs: 2 * DAY_MS },
  { table: "ended_mappings", condition: "ended_at < $1", ageMs: DAY_MS },
  {
    // A rejected one that people still keep something by goes on.
    table: "held_changes",
    condition: `decided_at < $1 AND NOT EXISTS (
      SELECT 1 FROM held_people h WHERE h.held_change_id = held_changes.id)`,
    ageMs: 90 * DAY_MS,
  },
  {
    // One that is pending goes on, however old.
    table: "webhook_deliveries",
    condition: "created_at < $1 AND id < $2::uuid AND status <> 'pending'",
    ageMs: DELIVERIES_KEPT_MS,
  },
  {
    // Where nothing was copied, no copy has to follow.
    table: "event_changes",
    condition: `changed_at < $1
      AND NOT EXISTS (SELECT FROM audit_streams s WHERE s.destination->>'type' = 'clickhouse')`,
    ageMs: DAY_MS,
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

type DeleteOld = (sql: Sql, now: Date, limit: number) => Promise<number>;

const { loginRecords, scimRequests, sessions } = DEFAULT_RETENTION;

/** What each organization keeps as long as it says. */
const BY_ORGANIZATION: Readonly<Record<string, readonly DeleteOld[]>> = {
  login_records: [
    (sql, now, limit) => deleteOldLoginRecords(sql, now, loginRecords, limit),
    deleteUnfinishedLoginRecords,
  ],
  scim_requests: [(sql, now, limit) => deleteOldRequests(sql, now, scimRequests, limit)],
  sessions: [(sql, now, limit) => deleteOldSessions(sql, now, sessions, limit)],
};

export interface PurgeDeps {
  readonly database: Database;
  /** Opens the key that signs for the audit trail what is taken out of it. */
  readonly secrets: SecretBox;
}

/** Deletes what has outlived its use. Returns how many rows of which table. */
export async function purge({ database, secrets }: PurgeDeps, now: Date): Promise<Record<string, number>> {
  const { sql } = database;
  const deleted: Record<string, number> = {};
  for (const rule of RULES) {
    deleted[rule.table] =
      (deleted[rule.table] ?? 0) +
      (await deleteAll(sql, rule.table, rule.condition, new Date(now.getTime() - rule.ageMs)));
  }
  for (const [table, ways] of Object.entries(BY_ORGANIZATION)) {
    deleted[table] = 0;
    for (const deleteOld of ways) {
      deleted[table] += await repeat(() => deleteOld(sql, now, ROWS));
    }
  }
  deleted.events = await purgeEvents({ database, secrets }, now);
  return deleted;
}

/** The oldest events of organizations that do not keep them for ever, with the gateway's word that it was at this. */
async function purgeEvents({ database, secrets }: PurgeDeps, now: Date): Promise<number> {
  const signer = await openAuditSigner(database, secrets, now);
  let total = 0;
  for (;;) {
    const count = await database.transaction(async (sql) => {
      const gone = await deleteOldEvents(sql, now, ROWS);
      if (gone === null) {
        return 0;
      }
      const { organizationId, sequences, count } = gone;
      await recordRemoval(sql, signer, { organizationId, kind: "retention", sequences, at: now });
      return count;
    });
    total += count;
    if (count === 0) {
      return total;
    }
  }
}

async function deleteAll(sql: Sql, table: string, condition: string, before: Date): Promise<number> {
  const values = condition.includes("$2") ? [before, firstIdOf(before)] : [before];
  return repeat(async () => {
    const { rowCount } = await sql.query(
      `DELETE FROM ${table} WHERE ctid = ANY(ARRAY(SELECT ctid FROM ${table} WHERE ${condition} LIMIT ${ROWS}))`,
      values,
    );
    return rowCount ?? 0;
  });
}

/** Until less is left than one deletion takes. */
async function repeat(deleteSome: () => Promise<number>): Promise<number> {
  let total = 0;
  for (;;) {
    const some = await deleteSome();
    total += some;
    if (some < ROWS) {
      return total;
    }
  }
}
