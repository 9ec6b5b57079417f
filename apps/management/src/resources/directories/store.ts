import { type Directory, newId } from "@sallyport/database";
import { directorySettings, markGroups, markUsers } from "@sallyport/directories";
import { difference, pick } from "@sallyport/events";
import type { z } from "zod";
import { type PageQuery, pageArguments, toPage } from "../../api/page.ts";
import { change } from "../../change.ts";
import type { Context } from "../../context.ts";
import { problem } from "../../errors.ts";
import { lockDirectory } from "./lock.ts";
import { type directoryPatch, directoryView, type newDirectory } from "./schema.ts";
import { insertToken } from "./token-store.ts";

export function createDirectory(
  context: Context,
  organizationId: string,
  input: z.output<typeof newDirectory>,
) {
  const id = newId();
  return change(context, async ({ tx, record }) => {
    const row = await tx.directory.create({ data: { id, organizationId, ...input } });
    const { row: tokenRow, token } = await insertToken(tx, row, null);
    const { status: _active, ...told } = toldOf(row);
    record({
      organizationId,
      type: "directory.created",
      resource: { type: "directory", id },
      after: { ...told, tokenId: tokenRow.id },
    });
    return { ...directoryView(row, context.deps.publicUrl), token };
  });
}

export async function listDirectories(context: Context, organizationId: string, page: PageQuery) {
  const { where, ...rest } = pageArguments(page, "asc");
  const rows = await context.deps.database.prisma.directory.findMany({
    ...rest,
    where: { organizationId, deletedAt: null, ...where },
  });
  return toPage(rows, page, (row) => directoryView(row, context.deps.publicUrl));
}

export async function getDirectory(context: Context, organizationId: string, id: string) {
  const row = await context.deps.database.prisma.directory.findFirst({
    where: { id, organizationId, deletedAt: null },
  });
  if (row === null) {
    throw problem("directory_not_found");
  }
  return directoryView(row, context.deps.publicUrl);
}

export function updateDirectory(
  context: Context,
  organizationId: string,
  id: string,
  patch: z.output<typeof directoryPatch>,
) {
  return change(context, async ({ tx, sql, record }) => {
    await lockDirectory(sql, organizationId, id);
    const where = { id, organizationId, deletedAt: null };
    const before = await tx.directory.findFirst({ where });
    const [row] = await tx.directory.updateManyAndReturn({ where, data: patch });
    if (before === null || row === undefined) {
      throw problem("directory_not_found");
    }
    const changed = difference(toldOf(before), toldOf(row));
    if (changed !== null) {
      record({ organizationId, type: "directory.updated", resource: { type: "directory", id }, ...changed });
    }
    return directoryView(row, context.deps.publicUrl);
  });
}

/**
 * Deletes a directory as if its client had deleted every user and group: its tokens end at once, and the reconciler
 * suspends and revokes by the same path as ever. The rows stay until it has seen them.
 */
export async function deleteDirectory(context: Context, organizationId: string, id: string): Promise<void> {
  await change(context, async ({ tx, sql, now, record, reconcile }) => {
    // FOR UPDATE waits for pushes that are just inserting (they hold the row by their foreign keys), so that what they
    // insert is marked as well.
    await sql.query(
      "SELECT id FROM directories WHERE id = $1::uuid AND organization_id = $2::uuid FOR UPDATE",
      [id, organizationId],
    );
    const [row] = await tx.directory.updateManyAndReturn({
      where: { id, organizationId, deletedAt: null },
      data: { status: "disabled", deletedAt: now },
    });
    if (row === undefined) {
      throw problem("directory_not_found");
    }
    const live = { where: { directoryId: id, organizationId, revokedAt: null }, data: { revokedAt: now } };
    await tx.directoryClient.updateMany(live);
    await tx.directoryToken.updateMany(live);
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
      before: pick(row, ["name"]),
    });
    reconcile(organizationId);
  });
}

/** What events tell of a directory. */
function toldOf(row: Directory) {
  return { ...pick(row, ["name", "provider", "status"]), settings: directorySettings.parse(row.settings) };
}
