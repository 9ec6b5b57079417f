import { newId, type Sql } from "@sallyport/database";
import { storeIdentifiers } from "@sallyport/people/testing";

export interface PushedUser {
  readonly email?: string | null;
  readonly userName?: string;
  readonly externalId?: string;
  readonly active?: boolean;
  readonly resource?: Record<string, unknown>;
}

export interface MembershipView {
  readonly status: string;
  readonly source: string;
  /** `key` of a directory binding, `key/source` of another. */
  readonly roles: string[];
}

/** One organization of a test, and the rows that its SCIM clients and admins would write, by the same rules. */
export interface Tenant {
  readonly id: string;
  readonly directoryId: string;
  addDirectory(): Promise<string>;
  pushUser(user?: PushedUser, directoryId?: string): Promise<string>;
  changeUser(id: string, change: { active?: boolean; email?: string; resource?: object }): Promise<void>;
  deleteUser(id: string): Promise<void>;
  pushGroup(name: string, members?: readonly string[], directoryId?: string): Promise<string>;
  renameGroup(id: string, name: string): Promise<void>;
  deleteGroup(id: string): Promise<void>;
  addMembers(groupId: string, userIds: readonly string[]): Promise<void>;
  removeMembers(groupId: string, userIds: readonly string[]): Promise<void>;
  /** Makes groups members of a group. */
  nest(groupId: string, memberGroupIds: readonly string[]): Promise<void>;
  unnest(groupId: string, memberGroupIds: readonly string[]): Promise<void>;
  mapGroup(name: string, role: string): Promise<void>;
  unmapGroup(name: string, role: string): Promise<void>;
  addUser(email: string): Promise<string>;
  addMembership(
    userId: string,
    membership: { source: string; status?: string; roles?: [string, string][] },
  ): Promise<string>;
  userIdOf(directoryUserId: string): Promise<string | null>;
  membershipOf(userId: string | null): Promise<MembershipView | null>;
  auditTypes(): Promise<string[]>;
  dirtyRows(): Promise<number>;
}

/** A SCIM document that holds an address, as the column `email` has it. */
function withEmail(resource: object, email: string | null): object {
  return email === null ? resource : { emails: [{ value: email, primary: true }], ...resource };
}

/** Makes an organization with the verified domain `<slug>.example`, roles and one directory. */
export async function createTenant(sql: Sql, slug: string): Promise<Tenant> {
  const id = newId();
  await sql.query("INSERT INTO organizations (id, slug, name, updated_at) VALUES ($1, $2, $2, now())", [
    id,
    slug,
  ]);
  await sql.query(
    "INSERT INTO domains (id, organization_id, name, verified_name, verified_at) VALUES ($1, $2, $3, $3, now())",
    [newId(), id, `${slug}.example`],
  );
  for (const key of ["member", "admin", "engineer", "auditor"]) {
    await sql.query(
      "INSERT INTO roles (id, organization_id, key, name, permissions) VALUES ($1, $2, $3, $3, '{}')",
      [newId(), id, key],
    );
  }
  const addDirectory = async () => {
    const directoryId = newId();
    await sql.query(
      "INSERT INTO directories (id, organization_id, name, updated_at) VALUES ($1, $2, 'directory', now())",
      [directoryId, id],
    );
    return directoryId;
  };
  const directoryId = await addDirectory();
  const markUsers = (ids: readonly string[], identified = false) =>
    sql.query(
      "INSERT INTO dirty_directory_users (organization_id, directory_user_id, identified) SELECT $1, unnest($2::uuid[]), $3",
      [id, ids, identified],
    );
  const tell = async (directoryUserId: string) => {
    const { rows } = await sql.query<{
      directory_id: string;
      user_name: string;
      external_id: string | null;
      email: string | null;
      resource: { emails?: unknown };
    }>("SELECT directory_id, user_name, external_id, email, resource FROM directory_users WHERE id = $1", [
      directoryUserId,
    ]);
    for (const row of rows) {
      await storeIdentifiers(sql, {
        organizationId: id,
        directoryId: row.directory_id,
        directoryUserId,
        userName: row.user_name,
        externalId: row.external_id,
        email: row.email,
        emails: row.resource.emails,
      });
    }
    await markUsers([directoryUserId], true);
  };
  const markGroup = (groupId: string) =>
    sql.query("INSERT INTO dirty_directory_groups (organization_id, directory_group_id) VALUES ($1, $2)", [
      id,
      groupId,
    ]);
  const markGroupsNamed = (name: string) =>
    sql.query(
      `INSERT INTO dirty_directory_groups (organization_id, directory_group_id)
       SELECT $1, id FROM directory_groups WHERE organization_id = $1 AND display_name_key = $2`,
      [id, name.toLowerCase()],
    );

  const tenant: Tenant = {
    id,
    directoryId,
    addDirectory,
    async pushUser(user = {}, into = directoryId) {
      const userId = newId();
      const userName = user.userName ?? userId;
      await sql.query(
        `INSERT INTO directory_users (id, organization_id, directory_id, user_name, user_name_key, active, email, resource, external_id)
         VALUES ($1, $2, $3, $4, lower($4), $5, $6, $7, $8)`,
        [
          userId,
          id,
          into,
          userName,
          user.active ?? true,
          user.email ?? null,
          JSON.stringify(withEmail(user.resource ?? {}, user.email ?? null)),
          user.externalId ?? null,
        ],
      );
      await tell(userId);
      return userId;
    },
    async changeUser(userId, change) {
      await sql.query(
        `UPDATE directory_users SET active = coalesce($3, active), email = coalesce($4, email),
           resource = coalesce($5, resource) || CASE WHEN $4::text IS NULL THEN '{}' ELSE
             jsonb_build_object('emails', jsonb_build_array(jsonb_build_object('value', $4::text))) END
         WHERE organization_id = $1 AND id = $2`,
        [
          id,
          userId,
          change.active ?? null,
          change.email ?? null,
          change.resource === undefined ? null : JSON.stringify(change.resource),
        ],
      );
      await tell(userId);
    },
    async deleteUser(userId) {
      await sql.query("DELETE FROM directory_group_members WHERE organization_id = $1 AND user_id = $2", [
        id,
        userId,
      ]);
      await sql.query(
        `UPDATE directory_users SET deleted_at = now(), user_name_key = NULL
         WHERE organization_id = $1 AND id = $2`,
        [id, userId],
      );
      await markUsers([userId]);
    },
    async pushGroup(name, members = [], into = directoryId) {
      const groupId = newId();
      await sql.query(
        `INSERT INTO directory_groups (id, organization_id, directory_id, display_name, display_name_key, resource)
         VALUES ($1, $2, $3, $4, lower($4), '{}')`,
        [groupId, id, into, name],
      );
      await markGroup(groupId);
      await tenant.addMembers(groupId, members);
      return groupId;
    },
    async renameGroup(groupId, name) {
      await sql.query(
        `UPDATE directory_groups SET display_name = $3, display_name_key = lower($3)
         WHERE organization_id = $1 AND id = $2`,
        [id, groupId, name],
      );
      await markGroup(groupId);
    },
    async deleteGroup(groupId) {
      await sql.query(
        "UPDATE directory_groups SET deleted_at = now() WHERE organization_id = $1 AND id = $2",
        [id, groupId],
      );
      await markGroup(groupId);
    },
    async addMembers(groupId, userIds) {
      await sql.query(
        `INSERT INTO directory_group_members (organization_id, group_id, user_id)
         SELECT $1, $2, unnest($3::uuid[]) ON CONFLICT DO NOTHING`,
        [id, groupId, userIds],
      );
      await markUsers(userIds);
    },
    async removeMembers(groupId, userIds) {
      await sql.query(
        "DELETE FROM directory_group_members WHERE organization_id = $1 AND group_id = $2 AND user_id = ANY($3)",
        [id, groupId, userIds],
      );
      await markUsers(userIds);
    },
    async nest(groupId, memberGroupIds) {
      await sql.query(
        `INSERT INTO directory_group_nestings (organization_id, group_id, member_group_id)
         SELECT $1, $2, unnest($3::uuid[]) ON CONFLICT DO NOTHING`,
        [id, groupId, memberGroupIds],
      );
      await Promise.all(memberGroupIds.map(markGroup));
    },
    async unnest(groupId, memberGroupIds) {
      await sql.query(
        "DELETE FROM directory_group_nestings WHERE organization_id = $1 AND group_id = $2 AND member_group_id = ANY($3)",
        [id, groupId, memberGroupIds],
      );
      await Promise.all(memberGroupIds.map(markGroup));
    },
    async mapGroup(name, role) {
      await sql.query(
        `INSERT INTO group_mappings (id, organization_id, "group", group_key, role_id)
         SELECT $1, $2, $3, lower($3), r.id FROM roles r WHERE r.organization_id = $2 AND r.key = $4`,
        [newId(), id, name, role],
      );
      await markGroupsNamed(name);
    },
    async unmapGroup(name, role) {
      await sql.query(
        `WITH ended AS (
           DELETE FROM group_mappings g USING roles r
           WHERE g.organization_id = $1 AND g.group_key = lower($2) AND r.id = g.role_id AND r.key = $3
           RETURNING g.organization_id, g.group_key, g.role_id)
         INSERT INTO ended_mappings (organization_id, group_key, role_id, ended_at)
         SELECT organization_id, group_key, role_id, now() FROM ended ON CONFLICT DO NOTHING`,
        [id, name, role],
      );
      await markGroupsNamed(name);
    },
    async addUser(email) {
      const userId = newId();
      await sql.query(
        "INSERT INTO users (id, organization_id, email, email_proof, updated_at) VALUES ($1, $2, $3, 'administrator', now())",
        [userId, id, email],
      );
      return userId;
    },
    async addMembership(userId, { source, status = "active", roles = [] }) {
      const membershipId = newId();
      await sql.query(
        `INSERT INTO memberships (id, organization_id, user_id, status, source, updated_at)
         VALUES ($1, $2, $3, $4::membership_status, $5::source, now())`,
        [membershipId, id, userId, status, source],
      );
      for (const [role, from] of roles) {
        await sql.query(
          `INSERT INTO role_bindings (id, organization_id, role_id, membership_id, source)
           SELECT $1, $2, r.id, $3, $5::source FROM roles r WHERE r.organization_id = $2 AND r.key = $4`,
          [newId(), id, membershipId, role, from],
        );
      }
      return membershipId;
    },
    async userIdOf(directoryUserId) {
      const { rows } = await sql.query<{ user_id: string | null }>(
        "SELECT user_id FROM directory_user_links WHERE directory_user_id = $1",
        [directoryUserId],
      );
      return rows[0]?.user_id ?? null;
    },
    async membershipOf(userId) {
      const { rows } = await sql.query<MembershipView>(
        `SELECT m.status::text, m.source::text,
                ARRAY(SELECT r.key || CASE WHEN b.source = 'directory' THEN '' ELSE '/' || b.source END
                      FROM role_bindings b JOIN roles r ON r.id = b.role_id
                      WHERE b.membership_id = m.id ORDER BY 1) AS roles
         FROM memberships m WHERE m.organization_id = $1 AND m.user_id = $2`,
        [id, userId],
      );
      return rows[0] ?? null;
    },
    async auditTypes() {
      const { rows } = await sql.query<{ type: string }>(
        "SELECT type FROM events WHERE organization_id = $1 ORDER BY id",
        [id],
      );
      return rows.map((row) => row.type);
    },
    async dirtyRows() {
      const { rows } = await sql.query<{ count: number }>(
        `SELECT (SELECT count(DISTINCT directory_user_id) FROM dirty_directory_users WHERE organization_id = $1)::int
              + (SELECT count(DISTINCT directory_group_id) FROM dirty_directory_groups WHERE organization_id = $1)::int
              AS count`,
        [id],
      );
      return rows[0]?.count ?? 0;
    },
  };
  return tenant;
}
