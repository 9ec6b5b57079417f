import type { Sql } from "@sallyport/database";
import { markUsers } from "@sallyport/directories";
import { difference, type EventDraft } from "@sallyport/events";
import { settleDefaultRole } from "../by-hand/default-role.ts";
import { lockOrganization, lockPeople } from "../lock.ts";
import { type AccessPlan, type PlanPage, planAccess } from "../plan/access.ts";
import { type AccessPolicy, POLICY_COLUMNS, type PolicyRow, policyOf, readRules } from "./policy.ts";
import { offerSeats } from "./seats.ts";

export async function readPolicy(sql: Sql, organizationId: string): Promise<AccessPolicy> {
  const { rows } = await sql.query<PolicyRow>(
    `SELECT ${POLICY_COLUMNS} FROM (SELECT 1) AS one LEFT JOIN access_policies p ON p.organization_id = $1::uuid`,
    [organizationId],
  );
  const [row] = rows;
  if (row === undefined) {
    throw new Error("The policy gave no row");
  }
  return policyOf(row);
}

/**
 * Sets an organization's policy. What it changes of members whom directories manage the reconciler does, which is to be asked
 * for; of those who only ever signed in it is done at once.
 */
export async function setPolicy(
  sql: Sql,
  organizationId: string,
  change: Partial<AccessPolicy>,
  now: Date,
): Promise<EventDraft[]> {
  await lockPeople(sql, organizationId);
  await lockOrganization(sql, organizationId);
  const { policy: before, roles } = await readRules(sql, organizationId, now);
  const after = { ...before, ...change };
  const changes = difference(toldOf(before, roles), toldOf(after, roles));
  if (changes === null) {
    return [];
  }
  await store(sql, organizationId, before, after, now);
  const events: EventDraft[] = [
    {
      organizationId,
      type: "access_policy.updated",
      resource: { type: "accessPolicy", id: organizationId },
      ...changes,
    },
  ];
  if (before.defaultRoleId !== after.defaultRoleId) {
    events.push(...(await settleDefaultRole(sql, organizationId, now)));
    await mark(sql, organizationId, now, OF_DIRECTORIES);
  } else if (orderChanges(before, after)) {
    await mark(sql, organizationId, now, IN_SEVERAL_DIRECTORIES);
  }
  await offerSeats(sql, organizationId, now);
  return events;
}

function store(sql: Sql, organizationId: string, before: AccessPolicy, after: AccessPolicy, now: Date) {
  const { precedence, seats } = after;
  return sql.query(
    `INSERT INTO access_policies (organization_id, default_role_id, directory_order, roles_from_first, seat_limit, at_seat_limit,
       former_default_role_id, former_directory_order, former_roles_from_first, changed_at)
     VALUES ($1::uuid, $2::uuid, $3::uuid[], $4::boolean, $5::int, $6::at_seat_limit, $7::uuid, $8::uuid[], $9::boolean,
       $10::timestamptz)
     ON CONFLICT (organization_id) DO UPDATE
     SET default_role_id = excluded.default_role_id, directory_order = excluded.directory_order,
         roles_from_first = excluded.roles_from_first, seat_limit = excluded.seat_limit,
         at_seat_limit = excluded.at_seat_limit, former_default_role_id = excluded.former_default_role_id,
         former_directory_order = excluded.former_directory_order,
         former_roles_from_first = excluded.former_roles_from_first, changed_at = excluded.changed_at`,
    [
      organizationId,
      ...[after.defaultRoleId, precedence.order, precedence.rolesFromFirst],
      ...[seats?.limit ?? null, seats?.atLimit ?? "hold"],
      ...[before.defaultRoleId, before.precedence.order, before.precedence.rolesFromFirst],
      now,
    ],
  );
}

/** What events tell of a policy. */
function toldOf({ defaultRoleId, precedence, seats }: AccessPolicy, roles: ReadonlyMap<string, string>) {
  return {
    defaultRole: defaultRoleId === null ? null : (roles.get(defaultRoleId) ?? null),
    directoryOrder: precedence.order,
    rolesFromDirectories: precedence.rolesFromFirst ? ("first" as const) : ("all" as const),
    seatLimit: seats?.limit ?? null,
    atSeatLimit: seats?.atLimit ?? null,
  };
}

function orderChanges({ precedence: one }: AccessPolicy, { precedence: other }: AccessPolicy): boolean {
  return one.rolesFromFirst !== other.rolesFromFirst || one.order.join() !== other.order.join();
}

const OF_DIRECTORIES = "m.source = 'directory'";
const IN_SEVERAL_DIRECTORIES = `EXISTS (
  SELECT 1 FROM directory_user_links several WHERE several.user_id = m.user_id OFFSET 1)`;

function mark(sql: Sql, organizationId: string, now: Date, condition: string) {
  return sql.query(
    markUsers(`SELECT $1::uuid, l.directory_user_id, $2::timestamptz
               FROM memberships m JOIN directory_user_links l ON l.user_id = m.user_id
               WHERE m.organization_id = $1::uuid AND ${condition}`),
    [organizationId, now],
  );
}

/**
 * Who would gain or lose what by another policy: whom a default role or the order of directories concerns, and who waits for a
 * seat.
 *
 * @param sql inside a transaction of its own
 */
export function planPolicy(
  sql: Sql,
  organizationId: string,
  now: Date,
  change: Partial<AccessPolicy>,
  page: PlanPage,
): Promise<AccessPlan> {
  return planAccess(
    sql,
    organizationId,
    now,
    (before) => {
      const policy = { ...before, ...change };
      const concerned = [
        "m.status = 'waiting'",
        ...(before.defaultRoleId === policy.defaultRoleId ? [] : [`${OF_DIRECTORIES} OR m.source = 'jit'`]),
        ...(orderChanges(before, policy) ? [IN_SEVERAL_DIRECTORIES] : []),
      ];
      const candidates = { text: concerned.join(" OR "), values: [organizationId] };
      return {
        candidates,
        mappings: null,
        endedMappings: [],
        policy,
        freesSeats: orderChanges(before, policy),
        keepsHeld: true,
      };
    },
    page,
  );
}
