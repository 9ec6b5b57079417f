import type { Sql } from "@sallyport/database";
import { markUsers } from "@sallyport/directories";
import type { EventDraft } from "@sallyport/events";
import { lockPeople } from "../lock.ts";

/** Why a held change was not decided; nothing has changed. */
export type UndecidedReason = "not_found" | "decided";

/**
 * Decides a held change. Confirmed, it happens as the directory says when the worker comes to it, which it is to be asked for;
 * also one that was rejected before. Rejected, its people keep what they have until the directory says something else of
 * them.
 */
export async function decideHeldChange(
  sql: Sql,
  organizationId: string,
  id: string,
  decision: "confirmed" | "rejected",
  now: Date,
): Promise<{ readonly event: EventDraft } | { readonly undecided: UndecidedReason }> {
  await lockPeople(sql, organizationId);
  const { rows } = await sql.query<{ directory_id: string; status: string }>(
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
  if (decision === "confirmed") {
    await sql.query(
      markUsers(`SELECT $1::uuid, l.directory_user_id, $3::timestamptz
                 FROM held_people h JOIN directory_user_links l ON l.user_id = h.user_id
                 WHERE h.held_change_id = $2::uuid AND h.organization_id = $1::uuid`),
      [organizationId, id, now],
    );
  }
  return {
    event: {
      organizationId,
      type: decision === "confirmed" ? "held_change.confirmed" : "held_change.rejected",
      resource: { type: "heldChange", id },
      data: { directoryId: change.directory_id },
    },
  };
}
