import type { Sql } from "@sallyport/database";
import type { Membership } from "../membership.ts";
import { type ExplainedRole, explainRoles } from "./roles.ts";
import { type ExplainedSignIn, explainSignIn } from "./sign-in.ts";

export type { ExplainedRole, GroupReason, RoleReason } from "./roles.ts";
export type { ExplainedCheck, ExplainedCheckName, ExplainedSignIn } from "./sign-in.ts";

export interface ExplainedAccess {
  readonly roles: readonly ExplainedRole[];
  readonly signIn: ExplainedSignIn;
  /** What a directory would take from them, and its guard does not let through. */
  readonly held: { readonly heldChangeId: string; readonly suspends: boolean } | null;
}

/** Why a member has what they have, and whether they may sign in; null: the organization has no such member. */
export async function explainAccess(
  sql: Sql,
  organizationId: string,
  membershipId: string,
): Promise<ExplainedAccess | null> {
  const { rows } = await sql.query<Membership>(
    `SELECT id, user_id AS "userId", status, source, directory FROM memberships
     WHERE id = $1::uuid AND organization_id = $2::uuid`,
    [membershipId, organizationId],
  );
  const [membership] = rows;
  if (membership === undefined) {
    return null;
  }
  const { userId } = membership;
  return {
    roles: await explainRoles(sql, organizationId, { membershipId, userId }),
    signIn: await explainSignIn(sql, organizationId, membership),
    held: await readHeld(sql, organizationId, userId),
  };
}

async function readHeld(sql: Sql, organizationId: string, userId: string): Promise<ExplainedAccess["held"]> {
  const { rows } = await sql.query<{ heldChangeId: string; suspends: boolean }>(
    `SELECT held_change_id AS "heldChangeId", suspends FROM held_people
     WHERE user_id = $2::uuid AND organization_id = $1::uuid`,
    [organizationId, userId],
  );
  return rows[0] ?? null;
}
