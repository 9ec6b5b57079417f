import type { Sql } from "@sallyport/database";
import type { Membership } from "../membership.ts";
import { type ExplainedRole, explainRoles } from "./roles.ts";
import { type ExplainedSignIn, explainSignIn } from "./sign-in.ts";

export type { ExplainedRole, GroupReason, RoleReason } from "./roles.ts";
export type { ExplainedCheck, ExplainedCheckName, ExplainedSignIn } from "./sign-in.ts";

export interface ExplainedAccess {
  readonly roles: readonly ExplainedRole[];
  readonly signIn: ExplainedSignIn;
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
  };
}
