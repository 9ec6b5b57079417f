import * as directories from "@sallyport/directories";
import { lockPeople } from "@sallyport/people";
import { endMappingsOfDirectory } from "@sallyport/roles";
import type { z } from "zod";
import { type PageQuery, pageArguments, toPage } from "../../api/page.ts";
import { change } from "../../change.ts";
import type { Context } from "../../context.ts";
import { problem } from "../../errors.ts";
import { type directoryPatch, directoryView, type newDirectory } from "./schema.ts";

/** Creates a directory with its first token, which is in the result alone. */
export function createDirectory(
  context: Context,
  organizationId: string,
  input: z.output<typeof newDirectory>,
) {
  return change(context, async (transaction) => {
    const { directory, token } = await directories.createDirectory(transaction, organizationId, input);
    return { ...directoryView(directory, context.deps.publicUrl), token };
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

/** Throws `directory_not_found`. */
export function updateDirectory(
  context: Context,
  organizationId: string,
  id: string,
  patch: z.output<typeof directoryPatch>,
) {
  return change(context, async (transaction) => {
    const directory = await directories.updateDirectory(transaction, organizationId, id, patch);
    if (directory === null) {
      throw problem("directory_not_found");
    }
    return directoryView(directory, context.deps.publicUrl);
  });
}

/** Ends a directory's review. Throws `directory_not_found`, `directory_not_in_review`. */
export function activateDirectory(context: Context, organizationId: string, id: string) {
  return change(context, async (transaction) => {
    await lockPeople(transaction.sql, organizationId);
    const { now } = transaction;
    const directory = await directories.activateDirectory(transaction, organizationId, id, now);
    if (directory === "not_found" || directory === "not_in_review") {
      throw problem(directory === "not_found" ? "directory_not_found" : "directory_not_in_review");
    }
    transaction.reconcile(organizationId);
    return directoryView(directory, context.deps.publicUrl);
  });
}

/** Deletes a directory, and has the reconciler take back what it granted. Throws `directory_not_found`. */
export async function deleteDirectory(context: Context, organizationId: string, id: string): Promise<void> {
  await change(context, async (transaction) => {
    if (!(await directories.deleteDirectory(transaction, organizationId, id, transaction.now))) {
      throw problem("directory_not_found");
    }
    await endMappingsOfDirectory(transaction, organizationId, id);
    transaction.reconcile(organizationId);
  });
}
