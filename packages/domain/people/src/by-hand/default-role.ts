import { newId, type Sql } from "@sallyport/database";
import type { EventDraft } from "@sallyport/events";
import { bindingEvent } from "../role-binding-events.ts";
import { type BindingRow, deleteBindings } from "./roles.ts";

// Members who came by a sign-in and whom no directory manages, with what `decideBindings` says of their default role.
const OF_SIGN_INS = `
  FROM memberships m
  LEFT JOIN access_policies p ON p.organization_id = m.organization_id
  CROSS JOIN LATERAL (
    SELECT CASE WHEN NOT EXISTS (
      SELECT 1 FROM role_bindings b WHERE b.membership_id = m.id AND b.source = 'jit' AND b.group_key <> '')
    THEN p.default_role_id END AS role_id) wanted
  WHERE m.organization_id = $1::uuid AND m.source = 'jit' AND m.status = 'active'
    AND m.directory IS DISTINCT FROM 'ended'`;

/**
 * Brings the default role of those who only ever signed in to what the policy and their groups say: they have no mark by which
 * the reconciler would look at them.
 */
export async function settleDefaultRole(sql: Sql, organizationId: string, now: Date): Promise<EventDraft[]> {
  const { rows: over } = await sql.query<BindingRow>(
    `SELECT b.id, b.role_id, r.key, b.source, b.group_key, b.membership_id, member.user_id
     FROM (SELECT m.id, m.user_id, wanted.role_id ${OF_SIGN_INS}) AS member
     JOIN role_bindings b ON b.membership_id = member.id AND b.source = 'jit' AND b.group_key = ''
     JOIN roles r ON r.id = b.role_id AND r.key <> 'member'
     WHERE b.role_id IS DISTINCT FROM member.role_id`,
    [organizationId],
  );
  const events = await deleteBindings(sql, organizationId, over);
  const { rows: missing } = await sql.query<{
    membership_id: string;
    user_id: string;
    role_id: string;
    key: string;
  }>(
    `SELECT member.id AS membership_id, member.user_id, r.id AS role_id, r.key
     FROM (SELECT m.id, m.user_id, wanted.role_id ${OF_SIGN_INS}) AS member
     JOIN roles r ON r.id = member.role_id
     WHERE NOT EXISTS (
       SELECT 1 FROM role_bindings b
       WHERE b.membership_id = member.id AND b.role_id = r.id AND b.source = 'jit' AND b.group_key = '')`,
    [organizationId],
  );
  const made = missing.map((row) => ({ ...row, id: newId() }));
  if (made.length > 0) {
    await sql.query(
      `INSERT INTO role_bindings (id, organization_id, role_id, membership_id, source, created_at)
       SELECT id, $1::uuid, role_id, membership_id, 'jit', $5::timestamptz
       FROM unnest($2::uuid[], $3::uuid[], $4::uuid[]) AS made (id, role_id, membership_id)`,
      [
        organizationId,
        made.map(({ id }) => id),
        made.map(({ role_id }) => role_id),
        made.map(({ membership_id }) => membership_id),
        now,
      ],
    );
  }
  return [
    ...events,
    ...made.map(({ id, membership_id: membershipId, user_id: userId, role_id: roleId, key: role }) =>
      bindingEvent("role_binding.created", organizationId, {
        ...{ id, membershipId, userId, roleId, role },
        source: "jit",
        groupKey: "",
      }),
    ),
  ];
}
