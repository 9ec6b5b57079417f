import type { Sql } from "@sallyport/database";
import { defined } from "@sallyport/defined";
import { markUsers } from "@sallyport/directories";
import type { EventDraft } from "@sallyport/events";
import { lockPeople } from "../lock.ts";
import { lockSessionEnds, takeHeldEnds } from "./session-ends.ts";

/** Why a held change was not decided; nothing has changed. */
export type UndecidedReason = "not_found" | "decided";

export interface Decided {
  readonly event: EventDraft;
  /** Sessions that the caller ends in the same transaction: what a connection's signals were held from doing. */
  readonly sessionIds: readonly string[];
}

/**
 * Decides a held change. Confirmed, it happens: of a directory as that says when the worker comes to it, which it is to be
 * asked for; of a connection at once, to sessions that had begun by the time of the signal. Also one that was rejected before.
 * Rejected, its people keep what they have until the directory or the identity provider says something else of them.
 */
export async function decideHeldChange(
  sql: Sql,
  organizationId: string,
  id: string,
  decision: "confirmed" | "rejected",
  now: Date,
): Promise<Decided | { readonly undecided: UndecidedReason }> {
  await lockPeople(sql, organizationId);
  const of = await sql.query<{ connection_id: string | null }>(
    "SELECT connection_id FROM held_changes WHERE id = $1::uuid AND organization_id = $2::uuid",
    [id, organizationId],
  );
  const connectionId = of.rows[0]?.connection_id ?? null;
  if (connectionId !== null) {
    await lockSessionEnds(sql, connectionId);
  }
  const { rows } = await sql.query<{ directory_id: string | null; status: string }>(
    `SELECT directory_id, status::text FROM held_changes WHERE id = $1::uuid AND organization_id = $2::uuid FOR UPDATE`,
    [id, organizationId],
  );
  const [change] = rows;
  if (change === undefined) {
    return { undecided: "not_found" };
  }
  const open = decision === "confirmed" ? ["held", "rejected"] : ["held"];
  if (!open.includes(change.status)) {
    return { undecided: "decided" };
  }
  await sql.query(
    `UPDATE held_changes SET status = $3::held_change_status, decided_at = $4::timestamptz
     WHERE id = $1::uuid AND organization_id = $2::uuid`,
    [id, organizationId, decision, now],
  );
  const isConfirmed = decision === "confirmed";
  if (isConfirmed && connectionId === null) {
    await sql.query(
      markUsers(`SELECT $1::uuid, l.directory_user_id, $3::timestamptz
                 FROM held_people h JOIN directory_user_links l ON l.user_id = h.user_id
                 WHERE h.held_change_id = $2::uuid AND h.organization_id = $1::uuid`),
      [organizationId, id, now],
    );
  }
  return {
    sessionIds: isConfirmed && connectionId !== null ? await takeHeldEnds(sql, organizationId, id, now) : [],
    event: {
      organizationId,
      type: isConfirmed ? "held_change.confirmed" : "held_change.rejected",
      resource: { type: "heldChange", id },
      data:
        connectionId === null ? defined({ directoryId: change.directory_id ?? undefined }) : { connectionId },
    },
  };
}
