import { newId, type Sql } from "@sallyport/database";
import { defined } from "@sallyport/defined";
import type { EventDraft } from "@sallyport/events";
import { recordConflicts } from "../conflicts/record.ts";
import { noteDeleted } from "../erasure/erasures.ts";
import { lockPeople } from "../lock.ts";
import type { Membership } from "../membership.ts";
import { membershipEvents } from "../membership-events.ts";
import { hasSeat, offerSeats, readSeatUse } from "../policy/seats.ts";
import { readPolicy } from "../policy/settings.ts";
import { dropRole, manualRoles, type RoleRef, setManualRoles } from "./roles.ts";

/** Why an administrator's act was refused; nothing has changed. */
export class RefusedByHand extends Error {
  readonly reason:
    | "member_exists"
    | "member_not_found"
    | "membership_managed_by_directory"
    | "seat_limit_reached";

  constructor(reason: RefusedByHand["reason"]) {
    super(reason);
    this.name = "RefusedByHand";
    this.reason = reason;
  }
}

/** What an act changed. */
export interface ByHand {
  readonly membershipId: string;
  readonly events: readonly EventDraft[];
  /** Users whose sessions must end, in the same transaction, and why. */
  readonly ended: { readonly userIds: readonly string[]; readonly reason: string } | null;
}

export interface NewMember {
  /** Canonical. */
  readonly email: string;
  readonly name: string | undefined;
  readonly roles: readonly RoleRef[];
  /** The role `member`. */
  readonly memberRole: RoleRef;
}

/**
 * Adds a member by hand. Somebody who was a member before and holds the address by proof keeps their user, and so the
 * `sub` that applications know; a user who merely asserted it is another person, and a conflict. Throws `member_exists`,
 * `seat_limit_reached`.
 */
export async function addMember(
  sql: Sql,
  organizationId: string,
  input: NewMember,
  now: Date,
): Promise<ByHand> {
  await lockPeople(sql, organizationId);
  const known = await findByAddress(sql, organizationId, input.email);
  const proven = known.filter((user) => user.proven);
  if (proven.some((user) => user.isMember)) {
    throw new RefusedByHand("member_exists");
  }
  await requireSeat(sql, organizationId);
  const [former, ...others] = proven;
  const keeps = former !== undefined && others.length === 0 ? former.userId : null;
  const userId = keeps ?? newId();
  const events: EventDraft[] = [];
  if (keeps === null) {
    events.push(await createUser(sql, organizationId, userId, input, now));
  } else if (input.name !== undefined) {
    await renameUser(sql, organizationId, userId, input.name, now);
  }
  const membership: Membership = {
    id: newId(),
    userId,
    status: "active",
    source: "manual",
    directory: null,
  };
  await sql.query(
    `INSERT INTO memberships (id, organization_id, user_id, status, source, created_at, updated_at)
     VALUES ($1::uuid, $2::uuid, $3::uuid, 'active', 'manual', $4::timestamptz, $4::timestamptz)`,
    [membership.id, organizationId, userId, now],
  );
  events.push({
    organizationId,
    type: "membership.created",
    resource: { type: "membership", id: membership.id },
    after: { userId, status: "active", source: "manual" },
  });
  events.push(
    ...(await setManualRoles(sql, organizationId, membership, [input.memberRole, ...input.roles], now)),
  );
  const rivals = known.filter((user) => user.userId !== userId);
  const conflicts = rivals.map((rival) => ({
    userId,
    otherUserId: rival.userId,
    claim: `address:${input.email}`,
    source: "manual" as const,
  }));
  events.push(...(await recordConflicts(sql, organizationId, conflicts, now)));
  return { membershipId: membership.id, events, ended: null };
}

interface UserByAddress {
  readonly userId: string;
  readonly proven: boolean;
  readonly isMember: boolean;
}

/** Everybody who has an address, the oldest first. */
async function findByAddress(sql: Sql, organizationId: string, email: string): Promise<UserByAddress[]> {
  const { rows } = await sql.query<{ id: string; proven: boolean; is_member: boolean }>(
    `WITH told AS MATERIALIZED (
       SELECT l.user_id FROM directory_identifiers k JOIN directory_user_links l ON l.directory_user_id = k.directory_user_id
       WHERE k.organization_id = $1::uuid AND k.value = 'address:' || $2::text AND k.current)
     SELECT u.id, (u.email = $2::text AND u.email_proof IS NOT NULL) OR u.id IN (SELECT user_id FROM told) AS proven,
            EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = u.id) AS is_member
     FROM users u
     WHERE u.organization_id = $1::uuid AND u.id IN (
       SELECT n.id FROM users n WHERE n.organization_id = $1::uuid AND n.email = $2::text UNION SELECT user_id FROM told)
     ORDER BY u.created_at, u.id`,
    [organizationId, email],
  );
  return rows.map((row) => ({ userId: row.id, proven: row.proven, isMember: row.is_member }));
}

/** Nobody can sign in as this user yet: so what the administrator enters is proof. */
async function createUser(
  sql: Sql,
  organizationId: string,
  userId: string,
  { email, name }: NewMember,
  now: Date,
): Promise<EventDraft> {
  await sql.query(
    `INSERT INTO users (id, organization_id, email, email_proof, name, created_at, updated_at)
     VALUES ($1::uuid, $2::uuid, $3::text, 'administrator', $4::text, $5::timestamptz, $5::timestamptz)`,
    [userId, organizationId, email, name ?? null, now],
  );
  return {
    organizationId,
    type: "user.created",
    resource: { type: "user", id: userId },
    after: { email, ...defined({ name }) },
    data: { source: "manual" },
  };
}

async function renameUser(
  sql: Sql,
  organizationId: string,
  userId: string,
  name: string,
  now: Date,
): Promise<void> {
  await sql.query(
    "UPDATE users SET name = $3::text, updated_at = $4::timestamptz WHERE id = $1::uuid AND organization_id = $2::uuid",
    [userId, organizationId, name, now],
  );
}

export interface MemberChange {
  readonly status: "active" | "suspended" | undefined;
  /** Exactly the roles granted by hand. */
  readonly roles: readonly RoleRef[] | undefined;
  readonly memberRole: RoleRef;
  /** Manage by hand, from now on, what a directory manages. */
  readonly takeOver: boolean;
}

/**
 * Changes a member by hand: status, and the roles granted by hand; roles that come from groups stay. What a directory
 * manages it keeps, unless it is taken over (invariant 6): then the administrator answers for the person, also for one whom
 * the directory had ended.
 */
export async function updateMember(
  sql: Sql,
  organizationId: string,
  membershipId: string,
  input: MemberChange,
  now: Date,
): Promise<ByHand> {
  await lockPeople(sql, organizationId);
  const before = await lockMembership(sql, organizationId, membershipId);
  if (before.source === "directory" && !input.takeOver) {
    throw new RefusedByHand("membership_managed_by_directory");
  }
  const after: Membership = {
    ...before,
    source: before.source === "directory" ? "manual" : before.source,
    directory: input.takeOver ? "released" : before.directory,
    // A waiting member that an administrator adds stops waiting.
    status: input.status ?? (before.status === "waiting" ? "suspended" : before.status),
  };
  if (before.status !== "active" && after.status === "active") {
    await requireSeat(sql, organizationId);
  }
  await sql.query(
    `UPDATE memberships SET status = $3::membership_status, source = $4::source, directory = $5::directory_word,
       waiting_since = NULL, updated_at = $6::timestamptz
     WHERE id = $1::uuid AND organization_id = $2::uuid`,
    [membershipId, organizationId, after.status, after.source, after.directory, now],
  );
  const events = membershipEvents(organizationId, before, after);
  if (before.source !== after.source) {
    events.push(...(await dropRole(sql, organizationId, after, input.memberRole)));
  }
  const wanted =
    input.roles ??
    (before.source === after.source ? undefined : await manualRoles(sql, organizationId, after));
  if (wanted !== undefined) {
    const all = after.source === "manual" ? [input.memberRole, ...wanted] : wanted;
    events.push(...(await setManualRoles(sql, organizationId, after, all, now)));
  }
  const suspended = before.status === "active" && after.status === "suspended";
  if (before.status !== after.status) {
    await offerSeats(sql, organizationId, now);
  }
  return {
    membershipId,
    events,
    ended: suspended ? { userIds: [after.userId], reason: "membership_suspended" } : null,
  };
}

/**
 * Ends a membership; the user stays, so that they keep their `sub` if they come back before the organization's time of
 * retention has passed.
 */
export async function removeMember(
  sql: Sql,
  organizationId: string,
  membershipId: string,
  now: Date,
): Promise<ByHand> {
  await lockPeople(sql, organizationId);
  const { userId, status, source } = await lockMembership(sql, organizationId, membershipId);
  if (source === "directory") {
    throw new RefusedByHand("membership_managed_by_directory");
  }
  await sql.query("DELETE FROM memberships WHERE id = $1::uuid AND organization_id = $2::uuid", [
    membershipId,
    organizationId,
  ]);
  await offerSeats(sql, organizationId, now);
  await noteDeleted(sql, organizationId, [{ userId, membershipId }], now);
  return {
    membershipId,
    events: [
      {
        organizationId,
        type: "membership.deleted",
        resource: { type: "membership", id: membershipId },
        before: { userId, status, source },
      },
    ],
    ended: { userIds: [userId], reason: "membership_deleted" },
  };
}

/** Throws `seat_limit_reached` where all seats are used, or waited for. */
async function requireSeat(sql: Sql, organizationId: string): Promise<void> {
  const { seats } = await readPolicy(sql, organizationId);
  if (seats?.atLimit === "hold" && !hasSeat(seats, await readSeatUse(sql, organizationId))) {
    throw new RefusedByHand("seat_limit_reached");
  }
}

/** Locked against the reconciler and against sign-ins, which both look at a membership before they change things. */
async function lockMembership(sql: Sql, organizationId: string, id: string): Promise<Membership> {
  const { rows } = await sql.query<Omit<Membership, "userId"> & { user_id: string }>(
    `SELECT id, user_id, status, source, directory FROM memberships
     WHERE id = $1::uuid AND organization_id = $2::uuid FOR NO KEY UPDATE`,
    [id, organizationId],
  );
  const [row] = rows;
  if (row === undefined) {
    throw new RefusedByHand("member_not_found");
  }
  const { user_id: userId, status, source, directory } = row;
  return { id, userId, status, source, directory };
}
