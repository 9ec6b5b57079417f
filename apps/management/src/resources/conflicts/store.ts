import { markIdentifiedUsers } from "@sallyport/directories";
import { ConflictRefused, findConflict, keepApart, linkUsers, listConflicts } from "@sallyport/people";
import type { z } from "zod";
import { toPage } from "../../api/page.ts";
import { change } from "../../change.ts";
import type { Context } from "../../context.ts";
import { problem } from "../../errors.ts";
import { type conflictQuery, conflictView, type resolution } from "./schema.ts";

export async function listOf(
  context: Context,
  organizationId: string,
  query: z.output<typeof conflictQuery>,
) {
  const { cursor, limit, status } = query;
  const rows = await listConflicts(context.deps.database.sql, organizationId, {
    resolved: status === "resolved",
    after: cursor ?? null,
    limit: limit + 1,
  });
  return toPage(rows, query, conflictView);
}

export async function getOne(context: Context, organizationId: string, id: string) {
  const row = await findConflict(context.deps.database.sql, organizationId, id);
  if (row === null) {
    throw problem("conflict_not_found");
  }
  return conflictView(row);
}

/** Settles a conflict by hand. Throws `conflict_not_found`, `conflict_resolved`. */
export async function resolveConflict(
  context: Context,
  organizationId: string,
  id: string,
  { action }: z.output<typeof resolution>,
): Promise<void> {
  await change(context, async (within) => {
    const { sql, now, record, reconcile } = within;
    try {
      const settled =
        action === "link"
          ? await linkUsers(sql, organizationId, id, (userIds) =>
              within.endSessions(organizationId, { userIds }, "user_linked"),
            )
          : await keepApart(sql, organizationId, id, now);
      for (const event of settled.events) {
        record(event);
      }
      if (settled.directoryUserIds.length === 0) {
        return;
      }
      const marked = "SELECT $1::uuid, unnest($2::uuid[]), $3::timestamptz, false";
      await sql.query(markIdentifiedUsers(marked), [organizationId, settled.directoryUserIds, now]);
      reconcile(organizationId);
    } catch (error) {
      if (error instanceof ConflictRefused) {
        throw problem(error.reason, { cause: error });
      }
      throw error;
    }
  });
}
