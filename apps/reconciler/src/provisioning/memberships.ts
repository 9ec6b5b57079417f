import type { AuditEvent } from "@sallyport/audit";
import { checked, newId } from "@sallyport/database";
import type { Batch } from "./batch.ts";
import { LINKED } from "./directory-users.ts";

type Status = "active" | "suspended";
type Source = "directory" | "jit" | "manual";

export interface Membership {
  readonly id: string;
  readonly userId: string;
  readonly status: Status;
  readonly source: Source;
}

/** What all directory users linked to one user say together. */
interface Wanted {
  readonly userId: string;
  /** None of them is left: whoever stood for this user was deleted. */
  readonly gone: boolean;
  readonly active: boolean;
}

export interface MembershipChanges {
  /** All memberships of the users, as they are now. */
  readonly memberships: Membership[];
  readonly events: AuditEvent[];
  readonly suspendedUserIds: string[];
  /** Memberships whose bindings from sign-ins end. */
  readonly withoutJitBindings: string[];
}

/**
 * Brings the users' memberships to what their directories say: active if any of them says so, else suspended.
 *
 * A membership that a sign-in made becomes the directory's. Its bindings from sign-ins end with that, and with every
 * suspension: they were granted while no directory spoke for the person, and must not outlive what it says now; the
 * next sign-in grants what its assertion says then.
 */
export async function applyMemberships(batch: Batch, userIds: readonly string[]): Promise<MembershipChanges> {
  const wanted = await readWanted(batch, userIds);
  const current = await lockMemberships(batch, userIds);
  const created: Membership[] = [];
  const changed: { readonly before: Membership; readonly after: Membership }[] = [];
  for (const want of wanted) {
    const before = current.get(want.userId);
    const after = decideMembership(before, want);
    if (after === null) continue;
    if (before === undefined) created.push(after);
    else changed.push({ before, after });
  }
  await insertMemberships(batch, created);
  await updateMemberships(
    batch,
    changed.map(({ after }) => after),
  );

  const suspended = changed.filter(
    ({ before, after }) => before.status === "active" && after.status === "suspended",
  );
  const adopted = changed.filter(({ before, after }) => before.source !== after.source);
  const unchanged = new Map(current);
  for (const { after } of changed) unchanged.delete(after.userId);
  return {
    memberships: [...unchanged.values(), ...changed.map(({ after }) => after), ...created],
    events: [
      ...created.map((after) => event(batch, "membership.created", after, { status: after.status })),
      ...adopted.map(({ before, after }) =>
        event(batch, "membership.adopted", after, { from: before.source }),
      ),
      ...suspended.map(({ after }) => event(batch, "membership.suspended", after, {})),
      ...changed
        .filter(({ before, after }) => before.status === "suspended" && after.status === "active")
        .map(({ after }) => event(batch, "membership.activated", after, {})),
    ],
    suspendedUserIds: suspended.map(({ after }) => after.userId),
    withoutJitBindings: [...adopted, ...suspended].map(({ after }) => after.id),
  };
}

/** The membership as it must become, or null when it stays as it is. A manual one always does (invariant 6). */
function decideMembership(current: Membership | undefined, wanted: Wanted): Membership | null {
  const status = wanted.active ? "active" : "suspended";
  if (current === undefined) {
    // An inactive user gets a suspended membership, so that a sign-in finds the door closed rather than none.
    return wanted.gone ? null : { id: newId(), userId: wanted.userId, status, source: "directory" };
  }
  if (current.source === "manual") return null;
  if (current.source === "directory" && current.status === status) return null;
  return { ...current, status, source: "directory" };
}

async function readWanted(batch: Batch, userIds: readonly string[]): Promise<Wanted[]> {
  const { rows } = await batch.sql.query<{ user_id: string; gone: boolean; active: boolean }>(
    `SELECT l.user_id, bool_and(du.deleted_at IS NOT NULL) AS gone,
            bool_or(du.deleted_at IS NULL AND du.active) AS active
     FROM ${LINKED}
     WHERE l.user_id = ANY($2::uuid[]) AND ${checked("du.organization_id = $1")}
     GROUP BY l.user_id`,
    [batch.organizationId, userIds],
    "reconcile_read_wanted",
  );
  return rows.map((row) => ({ userId: row.user_id, gone: row.gone, active: row.active }));
}

/** Locked until the commit: against a sign-in, which creates its session under a share lock, and against an admin. */
async function lockMemberships(batch: Batch, userIds: readonly string[]): Promise<Map<string, Membership>> {
  const { rows } = await batch.sql.query<{ id: string; user_id: string; status: Status; source: Source }>(
    `SELECT id, user_id, status, source FROM memberships
     WHERE ${checked("organization_id = $1")} AND user_id = ANY($2::uuid[])
     ORDER BY id
     FOR NO KEY UPDATE`,
    [batch.organizationId, userIds],
    "reconcile_lock_memberships",
  );
  return new Map(
    rows.map((row) => [
      row.user_id,
      { id: row.id, userId: row.user_id, status: row.status, source: row.source },
    ]),
  );
}

async function insertMemberships(batch: Batch, memberships: readonly Membership[]): Promise<void> {
  if (memberships.length === 0) return;
  await batch.sql.query(
    `INSERT INTO memberships (id, organization_id, user_id, status, source, created_at, updated_at)
     SELECT id, $1, user_id, status, 'directory', $5, $5
     FROM unnest($2::uuid[], $3::uuid[], $4::membership_status[]) AS made (id, user_id, status)`,
    [batch.organizationId, ...columns(memberships), batch.now],
    "reconcile_insert_memberships",
  );
}

async function updateMemberships(batch: Batch, memberships: readonly Membership[]): Promise<void> {
  if (memberships.length === 0) return;
  await batch.sql.query(
    `UPDATE memberships m SET status = next.status, source = 'directory', updated_at = $5
     FROM unnest($2::uuid[], $3::uuid[], $4::membership_status[]) AS next (id, user_id, status)
     WHERE ${checked("m.organization_id = $1")} AND m.id = next.id AND m.user_id = next.user_id`,
    [batch.organizationId, ...columns(memberships), batch.now],
    "reconcile_update_memberships",
  );
}

function columns(memberships: readonly Membership[]): [ids: string[], userIds: string[], statuses: Status[]] {
  return [
    memberships.map(({ id }) => id),
    memberships.map(({ userId }) => userId),
    memberships.map(({ status }) => status),
  ];
}

function event(
  batch: Batch,
  type: string,
  membership: Membership,
  data: Record<string, unknown>,
): AuditEvent {
  return {
    organizationId: batch.organizationId,
    type,
    actor: { type: "system" },
    resource: { type: "membership", id: membership.id },
    data: { userId: membership.userId, source: "directory", ...data },
  };
}
