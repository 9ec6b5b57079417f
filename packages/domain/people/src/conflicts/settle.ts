import type { Sql } from "@sallyport/database";
import type { EventDraft } from "@sallyport/events";
import { lockPeople } from "../lock.ts";

/** Why a conflict could not be settled; nothing has changed. */
export class ConflictRefused extends Error {
  readonly reason: "conflict_not_found" | "conflict_resolved";

  constructor(reason: ConflictRefused["reason"]) {
    super(reason);
    this.name = "ConflictRefused";
    this.reason = reason;
  }
}

export interface Settled {
  readonly events: readonly EventDraft[];
  /** Users whose sessions must end, before the users themselves do. */
  readonly endedUserIds: readonly string[];
  /** Directory users that the reconciler has to look at again. */
  readonly directoryUserIds: readonly string[];
}

interface Row {
  readonly user_id: string;
  readonly other_user_id: string;
  readonly resolved_at: Date | null;
}

/** The two are two people: they stay apart, and this claim raises no conflict between them again. */
export async function keepApart(sql: Sql, organizationId: string, id: string, now: Date): Promise<Settled> {
  await openConflict(sql, organizationId, id);
  await sql.query(
    `UPDATE conflicts SET resolved_at = $3::timestamptz, resolution = 'kept_apart'
     WHERE id = $1::uuid AND organization_id = $2::uuid`,
    [id, organizationId, now],
  );
  return {
    events: [resolved(organizationId, id, "keepApart")],
    endedUserIds: [],
    directoryUserIds: [],
  };
}

/**
 * The two are one: whatever signed in as the later user, and the directory users that stand for it, are the earlier one's
 * from now on. The earlier keeps its `sub`, membership and roles; those of the later end with it, and its sessions first.
 */
export async function linkUsers(
  sql: Sql,
  organizationId: string,
  id: string,
  endSessions: (userIds: readonly string[]) => Promise<void>,
): Promise<Settled> {
  const { user_id: later, other_user_id: earlier } = await openConflict(sql, organizationId, id);
  // In the order of a login, which holds the membership when it comes to the identity.
  await sql.query(
    "SELECT 1 FROM memberships WHERE user_id = $1::uuid AND organization_id = $2::uuid FOR UPDATE",
    [later, organizationId],
  );
  await endSessions([later]);
  const { rows: identities } = await sql.query<{
    id: string;
    connection_id: string;
    issuer: string;
    subject: string;
  }>(
    `UPDATE identities SET user_id = $3::uuid WHERE user_id = $2::uuid AND organization_id = $1::uuid
     RETURNING id, connection_id, issuer, subject`,
    [organizationId, later, earlier],
  );
  const { rows: links } = await sql.query<{ id: string }>(
    "UPDATE directory_user_links SET user_id = $2::uuid WHERE user_id = $1::uuid RETURNING directory_user_id AS id",
    [later, earlier],
  );
  // Its membership and bindings go with it, and so do its conflicts, this one among them.
  await sql.query("DELETE FROM users WHERE id = $1::uuid AND organization_id = $2::uuid", [
    later,
    organizationId,
  ]);
  return {
    events: [
      ...identities.map(
        (identity): EventDraft => ({
          organizationId,
          type: "identity.moved",
          resource: { type: "identity", id: identity.id },
          before: { userId: later },
          after: { userId: earlier },
        }),
      ),
      {
        organizationId,
        type: "user.deleted",
        resource: { type: "user", id: later },
        data: { linkedTo: earlier },
      },
      resolved(organizationId, id, "link"),
    ],
    endedUserIds: [later],
    directoryUserIds: links.map((link) => link.id),
  };
}

async function openConflict(sql: Sql, organizationId: string, id: string): Promise<Row> {
  await lockPeople(sql, organizationId);
  const { rows } = await sql.query<Row>(
    `SELECT user_id, other_user_id, resolved_at FROM conflicts
     WHERE id = $1::uuid AND organization_id = $2::uuid FOR UPDATE`,
    [id, organizationId],
  );
  const [row] = rows;
  if (row === undefined) {
    throw new ConflictRefused("conflict_not_found");
  }
  if (row.resolved_at !== null) {
    throw new ConflictRefused("conflict_resolved");
  }
  return row;
}

function resolved(organizationId: string, id: string, resolution: "link" | "keepApart"): EventDraft {
  return {
    organizationId,
    type: "conflict.resolved",
    resource: { type: "conflict", id },
    after: { resolution },
  };
}
