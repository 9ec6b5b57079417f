import type { AuditEvent } from "@sallyport/audit";
import { newId } from "@sallyport/database";
import type { Batch } from "./organization.ts";

interface Difference {
  readonly membership_id: string;
  readonly user_id: string;
  readonly role_id: string;
  readonly role: string;
  readonly source: "directory" | "jit";
  /** The binding that must go; null for one that must come. */
  readonly binding_id: string | null;
}

/**
 * Brings the directory bindings of the users' memberships to what their groups grant: the roles that the names of the
 * groups are mapped to and those bound to the groups themselves, of every active directory user of theirs, and
 * `member` where the membership is the directory's. A membership that is not active has none.
 *
 * @param withoutJitBindings memberships whose bindings from sign-ins go as well
 */
export async function applyBindings(
  batch: Batch,
  userIds: readonly string[],
  withoutJitBindings: readonly string[],
): Promise<AuditEvent[]> {
  const differences = await readDifferences(batch, userIds, withoutJitBindings);
  const revoked = differences.filter((row) => row.binding_id !== null);
  const granted = differences.filter((row) => row.binding_id === null);
  if (revoked.length > 0) {
    await batch.sql.query(
      "DELETE FROM role_bindings WHERE organization_id = $1 AND id = ANY($2::uuid[])",
      [batch.organizationId, revoked.map((row) => row.binding_id)],
      "reconcile_revoke_roles",
    );
  }
  if (granted.length > 0) {
    await batch.sql.query(
      `INSERT INTO role_bindings (id, organization_id, role_id, membership_id, source, created_at)
       SELECT id, $1, role_id, membership_id, 'directory', $5
       FROM unnest($2::uuid[], $3::uuid[], $4::uuid[]) AS granted (id, role_id, membership_id)`,
      [
        batch.organizationId,
        granted.map(() => newId()),
        granted.map((row) => row.role_id),
        granted.map((row) => row.membership_id),
        batch.now,
      ],
      "reconcile_grant_roles",
    );
  }
  return differences.map((row) => ({
    organizationId: batch.organizationId,
    type: row.binding_id === null ? "role.granted" : "role.revoked",
    actor: { type: "system" },
    resource: { type: "membership", id: row.membership_id },
    data: { userId: row.user_id, role: row.role, source: row.source },
  }));
}

async function readDifferences(
  batch: Batch,
  userIds: readonly string[],
  withoutJitBindings: readonly string[],
): Promise<Difference[]> {
  const { rows } = await batch.sql.query<Difference>(
    `WITH affected AS (
       SELECT id, user_id, status, source FROM memberships
       WHERE organization_id = $1 AND user_id = ANY($2::uuid[])
     ), in_group AS (
       SELECT a.id AS membership_id, g.id AS group_id, g.display_name_key
       FROM affected a
       JOIN directory_users du ON du.user_id = a.user_id AND du.organization_id = $1
                              AND du.deleted_at IS NULL AND du.active
       JOIN directory_group_members gm ON gm.user_id = du.id AND gm.organization_id = $1
       JOIN directory_groups g ON g.id = gm.group_id AND g.organization_id = $1 AND g.deleted_at IS NULL
       WHERE a.status = 'active'
     ), wanted AS (
       SELECT i.membership_id, map.role_id, 'directory'::source AS source
       FROM in_group i
       JOIN group_mappings map ON map.organization_id = $1 AND map.group_key = i.display_name_key
       UNION
       SELECT i.membership_id, b.role_id, 'directory'
       FROM in_group i
       JOIN role_bindings b ON b.directory_group_id = i.group_id AND b.organization_id = $1
       UNION
       SELECT a.id, r.id, 'directory'
       FROM affected a
       JOIN roles r ON r.organization_id = $1 AND r.key = 'member'
       WHERE a.status = 'active' AND a.source = 'directory'
     ), present AS (
       SELECT b.id AS binding_id, b.membership_id, b.role_id, b.source
       FROM affected a
       JOIN role_bindings b ON b.membership_id = a.id AND b.organization_id = $1
       WHERE b.source = 'directory' OR (b.source = 'jit' AND b.membership_id = ANY($3::uuid[]))
     )
     SELECT change.membership_id, a.user_id, change.role_id, r.key AS role, change.source, change.binding_id
     FROM (SELECT membership_id, role_id, source, present.binding_id, wanted.membership_id IS NULL AS unwanted
           FROM wanted FULL JOIN present USING (membership_id, role_id, source)) AS change
     JOIN affected a ON a.id = change.membership_id
     JOIN roles r ON r.id = change.role_id AND r.organization_id = $1
     WHERE change.unwanted OR change.binding_id IS NULL`,
    [batch.organizationId, userIds, withoutJitBindings],
    "reconcile_binding_differences",
  );
  return rows;
}
