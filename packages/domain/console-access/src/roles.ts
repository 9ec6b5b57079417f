import type { Sql } from "@sallyport/database";
import type { EventDraft } from "@sallyport/events";

/** What people may be in the management API and the console. What each may do, the management API says. */
export const CONSOLE_ROLES = ["operator", "organizationAdmin", "organizationViewer"] as const;

export type ConsoleRole = (typeof CONSOLE_ROLES)[number];

/** Whether an organization's members can have the role: operators are of the operators' organization, and none else there. */
export function isRoleOf(role: ConsoleRole, organization: { readonly forOperators: boolean }): boolean {
  return (role === "operator") === organization.forOperators;
}

interface Member {
  readonly organizationId: string;
  readonly membershipId: string;
}

interface Row {
  readonly user_id: string;
  readonly role: ConsoleRole | null;
}

/** Which of these people administer something at the moment: with a role that may change things, and no end of their access. */
export async function administratorsAmong(
  sql: Sql,
  userIds: readonly string[],
): Promise<ReadonlySet<string>> {
  if (userIds.length === 0) {
    return new Set();
  }
  const { rows } = await sql.query<{ user_id: string }>(
    `SELECT m.user_id FROM memberships m
     JOIN console_roles r ON r.membership_id = m.id AND r.organization_id = m.organization_id
     JOIN organizations o ON o.id = m.organization_id
     WHERE m.user_id = ANY($1::uuid[]) AND m.status = 'active' AND m.directory IS DISTINCT FROM 'ended'
       AND (r.role = 'operator') = o.for_operators AND r.role <> 'organizationViewer'`,
    [userIds],
    "console_administrators",
  );
  return new Set(rows.map(({ user_id }) => user_id));
}

/**
 * Gives a member a role in place of the one that they have. Resolves to the events of it, none where nothing changed; null
 * where the organization has no such member.
 */
export async function giveConsoleRole(
  sql: Sql,
  member: Member,
  role: ConsoleRole,
  now: Date,
): Promise<readonly EventDraft[] | null> {
  const before = await lockMember(sql, member);
  if (before === null) {
    return null;
  }
  if (before.role === role) {
    return [];
  }
  await sql.query(
    `INSERT INTO console_roles (membership_id, organization_id, role, created_at)
     VALUES ($1::uuid, $2::uuid, $3::text, $4::timestamptz)
     ON CONFLICT (membership_id) DO UPDATE SET role = EXCLUDED.role, created_at = EXCLUDED.created_at`,
    [member.membershipId, member.organizationId, role, now],
  );
  const event = eventOf(member);
  const { user_id: userId, role: former } = before;
  return former === null
    ? [{ ...event, type: "console_role.created", after: { userId, role } }]
    : [
        {
          ...event,
          type: "console_role.updated",
          before: { role: former },
          after: { role },
          data: { userId },
        },
      ];
}

/** Takes the role that a member has. Resolves to the events of it; null where there is no such member. */
export async function takeConsoleRole(sql: Sql, member: Member): Promise<readonly EventDraft[] | null> {
  const before = await lockMember(sql, member);
  if (before === null || before.role === null) {
    return before && [];
  }
  await sql.query("DELETE FROM console_roles WHERE membership_id = $1::uuid AND organization_id = $2::uuid", [
    member.membershipId,
    member.organizationId,
  ]);
  return [
    {
      ...eventOf(member),
      type: "console_role.deleted",
      before: { userId: before.user_id, role: before.role },
    },
  ];
}

async function lockMember(sql: Sql, { organizationId, membershipId }: Member): Promise<Row | null> {
  const { rows } = await sql.query<Row>(
    `SELECT m.user_id, r.role FROM memberships m LEFT JOIN console_roles r ON r.membership_id = m.id
     WHERE m.id = $1::uuid AND m.organization_id = $2::uuid FOR NO KEY UPDATE OF m`,
    [membershipId, organizationId],
  );
  return rows[0] ?? null;
}

function eventOf({ organizationId, membershipId }: Member) {
  return { organizationId, resource: { type: "consoleRole", id: membershipId } } as const;
}
