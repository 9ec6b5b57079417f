import { newId } from "@sallyport/database";
import type { EventDraft } from "@sallyport/events";
import {
  type DirectoryStatus,
  type DirectoryWord,
  decideMembership,
  type Membership,
  type MembershipStatus,
  type Source,
} from "../membership.ts";
import { membershipEvents } from "../membership-events.ts";
import { type Precedence, placeOf } from "../policy/policy.ts";
import { type Batch, LINKED, OF_ORGANIZATION } from "./batch.ts";

/** What becomes of the memberships of some users, before it is stored. */
export interface MembershipDecisions {
  /** All memberships of the users, as they will be. */
  readonly memberships: readonly Membership[];
  /** Those among them that are new. */
  readonly created: readonly Membership[];
  readonly changed: readonly MembershipChange[];
  /** Somebody found no seat, or one beyond the limit. */
  readonly seatsUsedUp?: boolean;
}

export interface MembershipChange {
  readonly before: Membership;
  readonly after: Membership;
}

/** The member could sign in before, and cannot after. */
export function endsAccess({ before, after }: MembershipChange): boolean {
  return isOpen(before) && !isOpen(after);
}

function isOpen({ status, directory }: Membership): boolean {
  return status === "active" && directory !== "ended";
}

/** Users' memberships as their directories would have them. Changes nothing. */
export function decideMemberships(
  says: ReadonlyMap<string, DirectoryStatus>,
  current: ReadonlyMap<string, Membership>,
): MembershipDecisions {
  const created: Membership[] = [];
  const changed: MembershipChange[] = [];
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
  const now = new Map(current);
  for (const { after } of changed) {
    now.set(after.userId, after);
  }
  return { memberships: [...now.values(), ...created], created, changed };
}

/** Stores what was decided, and returns the events that tell of it. */
export async function storeMemberships(
  batch: Batch,
  { created, changed }: MembershipDecisions,
): Promise<EventDraft[]> {
  await insertMemberships(batch, created);
  await updateMemberships(
    batch,
    changed.map(({ after }) => after),
  );
  return [
    ...created.map((after) => membershipCreated(batch, after)),
    ...changed.flatMap(({ before, after }) => membershipEvents(batch.organizationId, before, after)),
  ];
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

/** What is held of a person: an administrator has confirmed it, or not. */
export interface HeldLoss extends Loss {
  readonly heldChangeId: string;
  readonly status: "held" | "confirmed" | "rejected";
}

/** What somebody loses. */
export interface Loss {
  /** They can sign in no longer. */
  readonly suspends: boolean;
  readonly roleIds: readonly string[];
}

export interface DirectoryStates {
  /** What all directory users that stand for each user say together. */
  readonly says: ReadonlyMap<string, DirectoryStatus>;
  /** What is held of them. */
  readonly held: ReadonlyMap<string, HeldLoss>;
}

/** The states of users in directories: the first directory that has a person decides, or any of them without an order. */
export async function readDirectoryStates(
  batch: Batch,
  userIds: readonly string[],
  { order }: Precedence,
): Promise<DirectoryStates> {
  const { rows } = await batch.sql.query<{
    user_id: string;
    gone: boolean;
    active: boolean;
    held: HeldLoss | null;
  }>(
    `SELECT l.user_id, bool_and(du.deleted_at IS NOT NULL) AS gone,
            -- The first that has them; of those that count alike, one that has them active.
            coalesce((array_agg(du.active ORDER BY ${placeOf("$3::uuid[]", "du.directory_id")}, du.active DESC)
                      FILTER (WHERE du.deleted_at IS NULL))[1], false) AS active,
            (SELECT json_build_object('heldChangeId', c.id, 'status', c.status, 'suspends', h.suspends, 'roleIds', h.role_ids)
             FROM held_people h JOIN held_changes c ON c.id = h.held_change_id
             WHERE h.user_id = l.user_id) AS held
     FROM ${LINKED}
     WHERE l.user_id = ANY($2::uuid[]) AND ${OF_ORGANIZATION}
     GROUP BY l.user_id`,
    [batch.organizationId, userIds, order],
    "people_read_directories",
  );
  return {
    says: new Map(rows.map((row) => [row.user_id, { gone: row.gone, active: row.active }])),
    held: new Map(rows.flatMap(({ user_id, held }) => (held === null ? [] : [[user_id, held]]))),
  };
}

/**
 * The users' memberships, by user.
 *
 * @param purpose to change them they are locked until the commit: against a sign-in, which creates its session under a
 * share lock, and against an administrator
 */
export async function readMemberships(
  batch: Batch,
  userIds: readonly string[],
  purpose: "plan" | "change",
): Promise<Map<string, Membership>> {
  if (userIds.length === 0) {
    return new Map();
  }
  const { rows } = await batch.sql.query<{
    id: string;
    user_id: string;
    status: MembershipStatus;
    source: Source;
    directory: DirectoryWord | null;
  }>(
    `SELECT id, user_id, status, source, directory FROM memberships
     WHERE organization_id = $1 AND user_id = ANY($2::uuid[])
     ORDER BY id
     ${purpose === "change" ? "FOR NO KEY UPDATE" : ""}`,
    [batch.organizationId, userIds],
    purpose === "change" ? "people_lock_memberships" : "people_read_memberships",
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
    `INSERT INTO memberships (id, organization_id, user_id, status, source, directory, waiting_since, created_at, updated_at)
     SELECT id, $1, user_id, status, source, directory, CASE WHEN status = 'waiting' THEN $7::timestamptz END, $7, $7
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
     SET status = next.status, source = next.source, directory = next.directory, updated_at = $7,
         waiting_since = CASE WHEN next.status = 'waiting' THEN coalesce(m.waiting_since, $7) END
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
