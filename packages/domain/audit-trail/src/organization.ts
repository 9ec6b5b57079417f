import type { Sql } from "@sallyport/database";

/** Stands in the trail's tables for those events that belong to no organization, as in `outbox_sequences`. */
const NONE = "00000000-0000-0000-0000-000000000000";

/** How the trail's tables name an organization, or none. */
export function keyOf(organizationId: string | null): string {
  return organizationId ?? NONE;
}

export function organizationOf(key: string): string | null {
  return key === NONE ? null : key;
}

/** A condition on a nullable column `organization_id` that goes by its index: `$1` is the organization, where there is one. */
export function ofOrganization(organizationId: string | null, alias: string): string {
  return organizationId === null
    ? `($1::uuid IS NULL AND ${alias}.organization_id IS NULL)`
    : `${alias}.organization_id = $1::uuid`;
}

const lockKey = "hashtextextended('audit-trail:' || $1, 0)";

/** For whoever adds to a trail, until the transaction ends: false where another one does. */
export async function tryLockTrail(sql: Sql, key: string): Promise<boolean> {
  const { rows } = await sql.query<{ locked: boolean }>(
    `SELECT pg_try_advisory_xact_lock(${lockKey}) AS locked`,
    [key],
    "audit_try_lock",
  );
  return rows[0]?.locked === true;
}

/** Waits for whoever adds to a trail, and keeps others from it until the transaction ends. */
async function lockTrail(sql: Sql, key: string): Promise<void> {
  await sql.query(`SELECT pg_advisory_xact_lock(${lockKey})::text`, [key]);
}

/** Takes a deleted organization's trail away: call it in the transaction of the deletion, at its end. */
export async function forgetTrail(sql: Sql, organizationId: string): Promise<void> {
  await lockTrail(sql, organizationId);
  await sql.query("DELETE FROM audit_trails WHERE organization_id = $1::uuid", [organizationId]);
  await sql.query("DELETE FROM audit_seals WHERE organization_id = $1::uuid", [organizationId]);
  await sql.query("DELETE FROM audit_removals WHERE organization_id = $1::uuid", [organizationId]);
  await sql.query("DELETE FROM audit_verifications WHERE organization_id = $1::uuid", [organizationId]);
  await sql.query("DELETE FROM audit_anchors WHERE organization_id = $1::uuid", [organizationId]);
}
