import type { Directory, Sql } from "@sallyport/database";
import type { RecordedTransaction } from "@sallyport/events";
import { markGroups, markIdentifiedUsers } from "./dirty/mark.ts";

/**
 * Ends a directory's review: from the commit on people go by what it pushed. To be called under `lockPeople`, so that no
 * batch is under way; and no push is, since each holds the directory's row: so all that came is marked here, and all that
 * comes later marks itself.
 *
 * Resolves to "not_found" where the organization has no such directory, and to "not_in_review" where it has none to end.
 */
export async function activateDirectory(
  { tx, sql, record }: RecordedTransaction,
  organizationId: string,
  id: string,
  now: Date,
): Promise<Directory | "not_found" | "not_in_review"> {
  await sql.query(
    "SELECT id FROM directories WHERE id = $1::uuid AND organization_id = $2::uuid FOR UPDATE",
    [id, organizationId],
  );
  const where = { id, organizationId, deletedAt: null };
  const [directory] = await tx.directory.updateManyAndReturn({
    where: { ...where, inReview: true },
    data: { inReview: false },
  });
  if (directory === undefined) {
    return (await tx.directory.count({ where })) === 0 ? "not_found" : "not_in_review";
  }
  const marks = [
    markGroups(`SELECT $1::uuid, id, $3::timestamptz FROM directory_groups
                WHERE organization_id = $1::uuid AND directory_id = $2::uuid`),
    markIdentifiedUsers(`SELECT $1::uuid, id, $3::timestamptz, true FROM directory_users
                         WHERE organization_id = $1::uuid AND directory_id = $2::uuid`),
  ];
  for (const mark of marks) {
    await sql.query(mark, [organizationId, id, now]);
  }
  record({ organizationId, type: "directory.activated", resource: { type: "directory", id } });
  return directory;
}

/** Has what is read of a directory count as if it were not in review, without anybody being told: for a rehearsal. */
export async function endReview(sql: Sql, organizationId: string, id: string): Promise<void> {
  await sql.query(
    "UPDATE directories SET in_review = false WHERE id = $1::uuid AND organization_id = $2::uuid",
    [id, organizationId],
  );
}
