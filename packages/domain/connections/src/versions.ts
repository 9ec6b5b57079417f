import { type Connection, newId, type Sql } from "@sallyport/database";
import type { RecordedTransaction } from "@sallyport/events";
import { type AnySettings, parseConnectionSettings } from "./settings.ts";
import { changedSettings, type ReadSettings, updateConnection } from "./write.ts";

// Settings of a connection beside those that logins use. A change of a connection that people sign in by is a draft, which
// is tested while they go on; then the two change places, and what was replaced waits to be brought back.

interface Key {
  readonly id: string;
  readonly organizationId: string;
}

/** `draft`: to be tested. `replaced`: what the last draft took the place of. */
type Kind = "draft" | "replaced";

export interface ConnectionVersion {
  /** Another one whenever the settings are. */
  readonly version: string;
  readonly provider: string;
  readonly settings: AnySettings;
  readonly createdAt: Date;
}

/** Null where the connection has none of this kind. */
export async function findVersion(
  sql: Sql,
  { id, organizationId, type }: Pick<Connection, "id" | "organizationId" | "type">,
  kind: Kind,
): Promise<ConnectionVersion | null> {
  const { rows } = await sql.query<{
    version: string;
    provider: string;
    settings: unknown;
    created_at: Date;
  }>(
    `SELECT version, provider, settings, created_at FROM connection_versions
     WHERE connection_id = $1::uuid AND organization_id = $2::uuid AND kind = $3`,
    [id, organizationId, kind],
  );
  const [row] = rows;
  return row === undefined
    ? null
    : {
        version: row.version,
        provider: row.provider,
        settings: parseConnectionSettings(type, row.settings),
        createdAt: row.created_at,
      };
}

/** Saves a draft in place of the one that there was. Logins go on as before. */
export async function saveDraft(
  { sql, record }: RecordedTransaction,
  current: Connection,
  draft: { readonly provider: string; readonly settings: AnySettings },
  now: Date,
): Promise<void> {
  await save(sql, current, "draft", draft, now);
  record({
    organizationId: current.organizationId,
    type: "connection.draft_saved",
    resource: { type: "connection", id: current.id },
    data: { settings: changedSettings(settingsOf(current), draft.settings) },
  });
}

/** Resolves to false where there is none. */
export async function discardDraft({ sql, record }: RecordedTransaction, key: Key): Promise<boolean> {
  if (!(await remove(sql, key, "draft"))) {
    return false;
  }
  record({
    organizationId: key.organizationId,
    type: "connection.draft_discarded",
    resource: { type: "connection", id: key.id },
  });
  return true;
}

/** From now on logins use the draft. Resolves to false where it, or the connection, was changed meanwhile. */
export async function activateDraft(
  transaction: RecordedTransaction,
  current: Connection,
  draft: ConnectionVersion,
  { tested, now }: { readonly tested: boolean; readonly now: Date },
): Promise<boolean> {
  const { sql, record } = transaction;
  if (!(await remove(sql, current, "draft", draft.version))) {
    return false;
  }
  if (!(await replace(transaction, current, draft, now))) {
    return false;
  }
  record({
    organizationId: current.organizationId,
    type: "connection.draft_activated",
    resource: { type: "connection", id: current.id },
    data: { tested },
  });
  return true;
}

/** The settings that a draft replaced and those that logins use change places. Resolves as `activateDraft` does. */
export async function revertConnection(
  transaction: RecordedTransaction,
  current: Connection,
  replaced: ConnectionVersion,
  now: Date,
): Promise<boolean> {
  if (!(await replace(transaction, current, replaced, now))) {
    return false;
  }
  transaction.record({
    organizationId: current.organizationId,
    type: "connection.reverted",
    resource: { type: "connection", id: current.id },
  });
  return true;
}

async function replace(
  transaction: RecordedTransaction,
  current: Connection,
  { provider, settings }: ConnectionVersion,
  now: Date,
): Promise<boolean> {
  const follows = "metadataUrl" in settings && settings.metadataUrl !== undefined;
  const read: ReadSettings = {
    settings,
    // The metadata was read when the settings were saved; it is due again by the default schedule.
    ...(follows ? { reading: { validUntil: undefined, cacheDurationMs: undefined } } : {}),
  };
  if ((await updateConnection(transaction, current, { provider }, read, now)) === null) {
    return false;
  }
  const replaced = { provider: current.provider, settings: settingsOf(current) };
  await save(transaction.sql, current, "replaced", replaced, now);
  return true;
}

async function save(
  sql: Sql,
  { id, organizationId }: Key,
  kind: Kind,
  { provider, settings }: Pick<ConnectionVersion, "provider" | "settings">,
  now: Date,
): Promise<void> {
  await sql.query(
    `INSERT INTO connection_versions (connection_id, kind, organization_id, version, provider, settings, created_at)
     VALUES ($1::uuid, $2, $3::uuid, $4::uuid, $5, $6::jsonb, $7::timestamptz)
     ON CONFLICT (connection_id, kind) DO UPDATE SET
       version = excluded.version, provider = excluded.provider, settings = excluded.settings,
       created_at = excluded.created_at`,
    [id, kind, organizationId, newId(), provider, JSON.stringify(settings), now],
  );
}

/** Resolves to false where there is none, or none of this version. */
async function remove(sql: Sql, { id, organizationId }: Key, kind: Kind, version?: string): Promise<boolean> {
  const { rows } = await sql.query(
    `DELETE FROM connection_versions
     WHERE connection_id = $1::uuid AND organization_id = $2::uuid AND kind = $3
       AND version = coalesce($4::uuid, version)
     RETURNING version`,
    [id, organizationId, kind, version ?? null],
  );
  return rows.length === 1;
}

function settingsOf(connection: Connection): AnySettings {
  return parseConnectionSettings(connection.type, connection.settings);
}
