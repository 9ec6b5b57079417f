import type { ConsoleRole } from "@sallyport/console-access";
import type { Sql } from "@sallyport/database";
import { groupsOf } from "@sallyport/directories";
import { type MembershipStatus, readableAddress } from "@sallyport/people";
import { toPage } from "../../api/page.ts";
import type { Context } from "../../context.ts";
import { problem } from "../../errors.ts";
import type { MemberQuery, MemberView } from "./schema.ts";

interface Row {
  readonly id: string;
  readonly user_id: string;
  readonly email: string | null;
  readonly name: string | null;
  readonly status: MembershipStatus;
  readonly source: "directory" | "jit" | "manual";
  readonly directory: "active" | "ended" | "released" | null;
  readonly unmanaged: boolean;
  readonly console_role: ConsoleRole | null;
  readonly created_at: Date;
  readonly roles: string[];
  readonly groups: string[];
}

// One statement for a page: Prisma would send one each for users, bindings, roles, directory users and groups.
const MEMBERS = `
  SELECT m.id, m.user_id, u.email, u.name, m.status, m.source, m.directory, m.created_at, c.role AS console_role,
         m.source = 'jit' AND m.directory IS NULL AND EXISTS (
           SELECT 1 FROM directories d WHERE d.organization_id = $1::uuid AND d.status = 'active'
             AND NOT d.in_review) AS unmanaged,
         ARRAY(SELECT DISTINCT r.key
               FROM role_bindings b
               JOIN roles r ON r.id = b.role_id AND r.organization_id = $1::uuid
               WHERE b.membership_id = m.id AND b.organization_id = $1::uuid ORDER BY 1) AS roles,
         ARRAY(SELECT DISTINCT g.display_name
               FROM directory_user_links l
               JOIN directory_users du ON du.id = l.directory_user_id AND du.organization_id = $1::uuid
                 AND du.deleted_at IS NULL
               CROSS JOIN LATERAL (${groupsOf("du.id", "gm.organization_id = $1::uuid")}) gm
               JOIN directory_groups g ON g.id = gm.group_id AND g.deleted_at IS NULL
               WHERE l.user_id = m.user_id
               ORDER BY 1) AS groups
  FROM memberships m
  JOIN users u ON u.id = m.user_id AND u.organization_id = $1::uuid
  LEFT JOIN console_roles c ON c.membership_id = m.id AND c.organization_id = $1::uuid
  WHERE m.organization_id = $1::uuid`;

export async function listMembers(context: Context, organizationId: string, query: MemberQuery) {
  const { cursor } = query;
  const { rows } = await context.deps.database.sql.query<Row>(
    `${MEMBERS}
       AND ($2::text IS NULL OR u.email = $2::text)
       AND ($3::membership_status IS NULL OR m.status = $3::membership_status)
       AND ($4::timestamptz IS NULL OR (m.created_at, m.id) > ($4::timestamptz, $5::uuid))
     ORDER BY m.created_at, m.id
     LIMIT $6::int`,
    [
      organizationId,
      query.email ?? null,
      query.status ?? null,
      cursor?.createdAt ?? null,
      cursor?.id ?? null,
      query.limit + 1,
    ],
  );
  const positioned = rows.map((row) => ({ id: row.id, createdAt: row.created_at, row }));
  return toPage(positioned, query, ({ row }) => memberView(row));
}

/** Throws `member_not_found`. */
export async function getMember(sql: Sql, organizationId: string, id: string): Promise<MemberView> {
  const { rows } = await sql.query<Row>(`${MEMBERS} AND m.id = $2::uuid`, [organizationId, id]);
  const row = rows[0];
  if (row === undefined) {
    throw problem("member_not_found");
  }
  return memberView(row);
}

function memberView(row: Row): MemberView {
  return {
    id: row.id,
    userId: row.user_id,
    email: row.email === null ? null : readableAddress(row.email),
    name: row.name,
    status: row.status,
    source: row.source,
    directory: row.directory,
    unmanaged: row.unmanaged,
    roles: row.roles,
    groups: row.groups,
    consoleRole: row.console_role,
    createdAt: row.created_at.toISOString(),
  };
}
