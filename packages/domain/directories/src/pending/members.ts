import { type EventDraft, recordEvents } from "@sallyport/events";
import type { Batch } from "../dirty/batch.ts";
import { markGroups, markUsers } from "../dirty/mark.ts";

// Members that a client pushed before they came (directory_pending_members) become members once a user or group of the
// directory has their id or externalId. To be called only where an organization has any.

/** Events name up to this many. */
const NAMED = 200;

/** Makes users that came members of the groups that wait for them. The users are about to be looked at. */
export async function admitUsers(batch: Batch, userIds: readonly string[]): Promise<void> {
  await recordAdded(
    batch,
    await admit(
      batch,
      `SELECT p.group_id, p.value, du.id FROM directory_users du
       JOIN directory_pending_members p ON p.organization_id = $1 AND p.directory_id = du.directory_id
         AND p.value = ANY(ARRAY[du.id::text, du.external_id])
       WHERE du.id = ANY($2::uuid[]) AND du.organization_id = $1 AND du.deleted_at IS NULL`,
      ADD_USERS,
      userIds,
      "reconcile_admit_users",
    ),
  );
}

/** Makes users and groups members of these groups that came meanwhile, and these groups members of those that wait. */
export async function admitMembers(batch: Batch, groupIds: readonly string[]): Promise<void> {
  const users = await admit(
    batch,
    `SELECT p.group_id, p.value, du.id FROM directory_pending_members p
     JOIN directory_users du ON du.directory_id = p.directory_id AND du.organization_id = $1 AND du.deleted_at IS NULL
       AND (du.external_id = p.value OR du.id = CASE WHEN p.value ~ '^[0-9a-f-]{36}$' THEN p.value::uuid END)
     WHERE p.organization_id = $1 AND p.group_id = ANY($2::uuid[])`,
    `${ADD_USERS}, marked AS (${markUsers("SELECT $1, id, $3 FROM added")})`,
    groupIds,
    "reconcile_admit_users_of_groups",
  );
  const groups = await admit(
    batch,
    `SELECT p.group_id, p.value, g.id FROM directory_pending_members p
     JOIN directory_groups g ON g.directory_id = p.directory_id AND g.organization_id = $1 AND g.deleted_at IS NULL
       AND (g.external_id = p.value OR g.id = CASE WHEN p.value ~ '^[0-9a-f-]{36}$' THEN p.value::uuid END)
     WHERE p.organization_id = $1 AND g.id <> p.group_id
       AND (p.group_id = ANY($2::uuid[]) OR g.id = ANY($2::uuid[]))`,
    ADD_GROUPS,
    groupIds,
    "reconcile_admit_groups",
  );
  await recordAdded(batch, [...users, ...groups]);
}

interface Added {
  readonly group_id: string;
  readonly id: string;
}

const ADD_USERS = `
  added AS (
    INSERT INTO directory_group_members (organization_id, group_id, user_id, created_at)
    SELECT DISTINCT $1::uuid, found.group_id, found.id, $3::timestamptz FROM found
    ON CONFLICT DO NOTHING RETURNING group_id, user_id AS id)`;

const ADD_GROUPS = `
  added AS (
    INSERT INTO directory_group_nestings (organization_id, group_id, member_group_id, created_at)
    SELECT DISTINCT $1::uuid, found.group_id, found.id, $3::timestamptz FROM found
    ON CONFLICT DO NOTHING RETURNING group_id, member_group_id AS id),
  marked AS (${markGroups("SELECT $1, id, $3 FROM added")})`;

/** The groups are held first, in the order of ids, as whoever else changes several does. */
async function admit(
  { sql, organizationId, now }: Batch,
  matches: string,
  add: string,
  ids: readonly string[],
  name: string,
): Promise<readonly Added[]> {
  const { rows } = await sql.query<Added>(
    `WITH matching AS MATERIALIZED (${matches}),
     held AS MATERIALIZED (
       SELECT g.id FROM directory_groups g
       WHERE g.id = ANY(ARRAY(SELECT group_id FROM matching)) AND g.organization_id = $1 AND g.deleted_at IS NULL
       ORDER BY g.id FOR NO KEY UPDATE),
     found AS MATERIALIZED (SELECT m.* FROM matching m JOIN held ON held.id = m.group_id),
     gone AS (
       DELETE FROM directory_pending_members p USING matching m WHERE p.group_id = m.group_id AND p.value = m.value),
     ${add},
     changed AS (
       UPDATE directory_groups g SET version = g.version + 1, last_modified = $3
       WHERE g.id IN (SELECT group_id FROM added))
     SELECT group_id, id FROM added ORDER BY 1, 2`,
    [organizationId, ids, now],
    name,
  );
  return rows;
}

async function recordAdded({ sql, organizationId }: Batch, rows: readonly Added[]): Promise<void> {
  const byGroup = new Map<string, string[]>();
  for (const { group_id: groupId, id } of rows) {
    const added = byGroup.get(groupId) ?? [];
    added.push(id);
    byGroup.set(groupId, added);
  }
  const events = [...byGroup].map(
    ([id, added]): EventDraft => ({
      organizationId,
      type: "directory_group.members_changed",
      resource: { type: "directoryGroup", id },
      data: { added: added.slice(0, NAMED), addedCount: added.length, removed: [], removedCount: 0 },
    }),
  );
  const actor = { type: "system" } as const;
  await recordEvents(
    sql,
    events.map((event) => ({ ...event, actor })),
  );
}
