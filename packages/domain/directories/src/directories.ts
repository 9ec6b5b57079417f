import { type Directory, newId, type Prisma, type Sql } from "@sallyport/database";
import { difference, pick, type RecordedTransaction } from "@sallyport/events";
import { insertToken } from "./access/tokens.ts";
import { markGroups, markUsers } from "./dirty/mark.ts";
import { lockDirectory } from "./lock.ts";
import { directorySettings } from "./settings.ts";

/** What an administrator says of a directory. */
export type NewDirectory = Omit<
  Prisma.DirectoryUncheckedCreateInput,
  "id" | "organizationId" | "createdAt" | "updatedAt" | "deletedAt"
>;

/** Creates a directory with its first token, which is in the result alone. */
export async function createDirectory(
  { tx, record }: RecordedTransaction,
  organizationId: string,
  input: NewDirectory,
): Promise<{ readonly directory: Directory; readonly token: string }> {
  const id = newId();
  const directory = await tx.directory.create({ data: { id, organizationId, ...input } });
  const { row: tokenRow, token } = await insertToken(tx, directory, null);
  const { status: _active, ...fields } = { ...eventFieldsOf(directory), inReview: directory.inReview };
  record({
    organizationId,
    type: "directory.created",
    resource: { type: "directory", id },
    after: { ...fields, tokenId: tokenRow.id },
  });
  return { directory, token };
}

/** Resolves to null where the organization has no such directory. */
export async function updateDirectory(
  { tx, sql, record }: RecordedTransaction,
  organizationId: string,
  id: string,
  patch: Prisma.DirectoryUpdateManyMutationInput,
): Promise<Directory | null> {
  if (!(await lockDirectory(sql, organizationId, id))) {
    return null;
  }
  const where = { id, organizationId, deletedAt: null };
  const before = await tx.directory.findFirst({ where });
  const [directory] = await tx.directory.updateManyAndReturn({ where, data: patch });
  if (before === null || directory === undefined) {
    return null;
  }
  const changed = difference(eventFieldsOf(before), eventFieldsOf(directory));
  if (changed !== null) {
    record({ organizationId, type: "directory.updated", resource: { type: "directory", id }, ...changed });
  }
  return directory;
}

/**
 * Deletes a directory as if its client had deleted every user and group: its tokens end at once, and the reconciler, which
 * is to be woken after the commit, suspends and revokes by the same path as ever. The rows stay until it has seen them.
 *
 * Resolves to false where the organization has no such directory.
 */
export async function deleteDirectory(
  { tx, sql, record }: RecordedTransaction,
  organizationId: string,
  id: string,
  now: Date,
): Promise<boolean> {
  // FOR UPDATE waits for pushes that are just inserting (they hold the row by their foreign keys), so that what they
  // insert is marked as well.
  await sql.query(
    "SELECT id FROM directories WHERE id = $1::uuid AND organization_id = $2::uuid FOR UPDATE",
    [id, organizationId],
  );
  const [directory] = await tx.directory.updateManyAndReturn({
    where: { id, organizationId, deletedAt: null },
    data: { status: "disabled", deletedAt: now },
  });
  if (directory === undefined) {
    return false;
  }
  const live = { where: { directoryId: id, organizationId, revokedAt: null }, data: { revokedAt: now } };
  await tx.directoryClient.updateMany(live);
  await tx.directoryToken.updateMany(live);
  if (directory.inReview) {
    await forgetIdentifiers(sql, organizationId, id);
  }
  await sql.query(
    `WITH deleted AS (
       UPDATE directory_users
       SET deleted_at = $3::timestamptz, user_name_key = NULL, version = version + 1, last_modified = $3::timestamptz
       WHERE organization_id = $1::uuid AND directory_id = $2::uuid AND deleted_at IS NULL
       RETURNING id)
     ${markUsers("SELECT $1::uuid, id, $3::timestamptz FROM deleted")}`,
    [organizationId, id, now],
  );
  await sql.query(
    `WITH deleted AS (
       UPDATE directory_groups
       SET deleted_at = $3::timestamptz, version = version + 1, last_modified = $3::timestamptz
       WHERE organization_id = $1::uuid AND directory_id = $2::uuid AND deleted_at IS NULL
       RETURNING id)
     ${markGroups("SELECT $1::uuid, id, $3::timestamptz FROM deleted")}`,
    [organizationId, id, now],
  );
  record({
    organizationId,
    type: "directory.deleted",
    resource: { type: "directory", id },
    before: pick(directory, ["name"]),
  });
  return true;
}

/** What was pushed in review has deactivated nobody, and never will. */
async function forgetIdentifiers(sql: Sql, organizationId: string, directoryId: string): Promise<void> {
  await sql.query(
    "DELETE FROM directory_identifiers WHERE organization_id = $1::uuid AND directory_id = $2::uuid",
    [organizationId, directoryId],
  );
}

/** With an organization goes also what outlives its directory users: by what directories knew them. */
export async function deleteIdentifiers(sql: Sql, organizationId: string): Promise<void> {
  await sql.query("DELETE FROM directory_identifiers WHERE organization_id = $1::uuid", [organizationId]);
}

/** What events tell of a directory. */
function eventFieldsOf(row: Directory) {
  return { ...pick(row, ["name", "provider", "status"]), settings: directorySettings.parse(row.settings) };
}
