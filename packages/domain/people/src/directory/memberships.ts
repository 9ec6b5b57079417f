import { newId } from "@sallyport/database";
import type { EventDraft } from "@sallyport/events";
import {
  type DirectoryStatus,
  type DirectoryWord,
  decideMembership,
  type Membership,
  type Source,
} from "../membership.ts";
import { membershipEvents } from "../membership-events.ts";
import { type Batch, LINKED, OF_ORGANIZATION } from "./batch.ts";

export interface MembershipChanges {
  /** All memberships of the users, as they are now. */
  readonly memberships: readonly Membership[];
  readonly events: readonly EventDraft[];
  /** Those among them that are new. */
  readonly created: ReadonlySet<string>;
  /** Whose sessions end. */
  readonly endedUserIds: readonly string[];
  /** Memberships that came under a directory. */
  readonly adopted: readonly string[];
  /** Memberships that were active. */
  readonly suspended: readonly string[];
}

/**
 * Brings the users' memberships to what their directories say: active if any of them says so, else ended.
 * @param made the users among them that this batch made, who have none yet
 */
export async function applyMemberships(
  batch: Batch,
  userIds: readonly string[],
  made: ReadonlySet<string>,
): Promise<MembershipChanges> {
  const says = await readDirectoryStatus(batch, userIds);
  const current = await lockMemberships(
    batch,
    userIds.filter((userId) => !made.has(userId)),
  );
  const created: Membership[] = [];
  const changed: { readonly before: Membership; readonly after: Membership }[] = [];
  for (const [userId, said] of says) {
    const before = current.get(userId);
    const next = decideMembership(before, said);
    if (next === null) {
      continue;
    }
    if (before === undefined) {
      created.push({ id: newId(), userId, ...next });
    } else {
      changed.push({ before, after: { id: before.id, userId, ...next } });
    }
  }
  await insertMemberships(batch, created);
  await updateMemberships(
    batch,
    changed.map(({ after }) => after),
  );

  const ended = changed.filter(
    ({ before, after }) =>
      before.status === "active" &&
      before.directory !== "ended" &&
      (after.status === "suspended" || after.directory === "ended"),
  );
  const now = new Map(current);
  for (const { after } of changed) {
    now.set(after.userId, after);
  }
  return {
    memberships: [...now.values(), ...created],
    created: new Set(created.map(({ id }) => id)),
    events: [
      ...created.map((after) => membershipCreated(batch, after)),
      ...changed.flatMap(({ before, after }) => membershipEvents(batch.organizationId, before, after)),
    ],
    endedUserIds: ended.map(({ after }) => after.userId),
    adopted: changed
      .filter(({ before, after }) => before.source !== after.source)
      .map(({ after }) => after.id),
    suspended: ended.map(({ after }) => after.id),
  };
}

function membershipCreated(
  { organizationId }: Batch,
  { id, userId, status, source }: Membership,
): EventDraft {
  return {
    organizationId,
    type: "membership.created",
    resource: { type: "membership", id },
    after: { userId, status, source },
  };
}

async function readDirectoryStatus(
  batch: Batch,
  userIds: readonly string[],
): Promise<Map<string, DirectoryStatus>> {
  const { rows } = await batch.sql.query<{ user_id: string; gone: boolean; active: boolean }>(
    `SELECT l.user_id, bool_and(du.deleted_at IS NOT NULL) AS gone,
            bool_or(du.deleted_at IS NULL AND du.active) AS active
     FROM ${LINKED}
     WHERE l.user_id = ANY($2::uuid[]) AND ${OF_ORGANIZATION}
     GROUP BY l.user_id`,
    [batch.organizationId, userIds],
    "people_read_directories",
  );
  return new Map(rows.map((row) => [row.user_id, { gone: row.gone, active: row.active }]));
}

/** Locked until the commit: against a sign-in, which creates its session under a share lock, and against an administrator. */
async function lockMemberships(batch: Batch, userIds: readonly string[]): Promise<Map<string, Membership>> {
  if (userIds.length === 0) {
    return new Map();
  }
  const { rows } = await batch.sql.query<{
    id: string;
    user_id: string;
    status: "active" | "suspended";
    source: Source;
    directory: DirectoryWord | null;
  }>(
    `SELECT id, user_id, status, source, directory FROM memberships
     WHERE organization_id = $1 AND user_id = ANY($2::uuid[])
     ORDER BY id
     FOR NO KEY UPDATE`,
    [batch.organizationId, userIds],
    "people_lock_memberships",
  );
  return new Map(
    rows.map(({ id, user_id: userId, status, source, directory }) => [
      userId,
      { id, userId, status, source, directory },
    ]),
  );
}

async function insertMemberships(batch: Batch, memberships: readonly Membership[]): Promise<void> {
  if (memberships.length === 0) {
    return;
  }
  await batch.sql.query(
    `INSERT INTO memberships (id, organization_id, user_id, status, source, directory, created_at, updated_at)
     SELECT id, $1, user_id, status, source, directory, $7, $7
     FROM unnest($2::uuid[], $3::uuid[], $4::membership_status[], $5::source[], $6::directory_word[])
       AS made (id, user_id, status, source, directory)`,
    [batch.organizationId, ...columns(memberships), batch.now],
    "people_insert_memberships",
  );
}

async function updateMemberships(batch: Batch, memberships: readonly Membership[]): Promise<void> {
  if (memberships.length === 0) {
    return;
  }
  await batch.sql.query(
    `UPDATE memberships m
     SET status = next.status, source = next.source, directory = next.directory, updated_at = $7
     FROM unnest($2::uuid[], $3::uuid[], $4::membership_status[], $5::source[], $6::directory_word[])
       AS next (id, user_id, status, source, directory)
     WHERE m.organization_id = $1 AND m.id = next.id AND m.user_id = next.user_id`,
    [batch.organizationId, ...columns(memberships), batch.now],
    "people_update_memberships",
  );
}

function columns(memberships: readonly Membership[]) {
  return [
    memberships.map(({ id }) => id),
    memberships.map(({ userId }) => userId),
    memberships.map(({ status }) => status),
    memberships.map(({ source }) => source),
    memberships.map(({ directory }) => directory),
  ];
}
