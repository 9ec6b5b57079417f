import { DEFAULT_GUARD, type GuardSettings, readGuard, setGuard } from "@sallyport/people";
import type { z } from "zod";
import { change } from "../../change.ts";
import type { Context } from "../../context.ts";
import { problem } from "../../errors.ts";
import { findConnection } from "../connections/store.ts";
import type { guard } from "./schema.ts";

type GuardView = z.input<typeof guard>;

export async function getGuard({ deps }: Context, organizationId: string): Promise<GuardView> {
  const own = await readGuard(deps.database.sql, organizationId, organizationId);
  return own === null ? { ...DEFAULT_GUARD, setBy: "default" } : { ...own, setBy: "organization" };
}

/** Throws `directory_not_found`. */
export async function getDirectoryGuard(
  context: Context,
  organizationId: string,
  directoryId: string,
): Promise<GuardView> {
  await requireDirectory(context, organizationId, directoryId);
  const own = await readGuard(context.deps.database.sql, organizationId, directoryId);
  return own === null ? getGuard(context, organizationId) : { ...own, setBy: "directory" };
}

/** Of the organization. Null: the default counts. */
export async function replaceGuard(context: Context, organizationId: string, settings: GuardSettings | null) {
  await replace(context, organizationId, organizationId, settings);
  return getGuard(context, organizationId);
}

/** Of one directory. Null: the organization's counts. Throws `directory_not_found`. */
export async function replaceDirectoryGuard(
  context: Context,
  organizationId: string,
  directoryId: string,
  settings: GuardSettings | null,
) {
  await requireDirectory(context, organizationId, directoryId);
  await replace(context, organizationId, directoryId, settings);
  return getDirectoryGuard(context, organizationId, directoryId);
}

/** Throws `connection_not_found`. */
export async function getConnectionGuard(
  context: Context,
  organizationId: string,
  connectionId: string,
): Promise<GuardView> {
  await findConnection(context, organizationId, connectionId);
  const own = await readGuard(context.deps.database.sql, organizationId, connectionId);
  return own === null ? getGuard(context, organizationId) : { ...own, setBy: "connection" };
}

/** Of one connection. Null: the organization's counts. Throws `connection_not_found`. */
export async function replaceConnectionGuard(
  context: Context,
  organizationId: string,
  connectionId: string,
  settings: GuardSettings | null,
) {
  await findConnection(context, organizationId, connectionId);
  await replace(context, organizationId, connectionId, settings);
  return getConnectionGuard(context, organizationId, connectionId);
}

async function replace(
  context: Context,
  organizationId: string,
  targetId: string,
  settings: GuardSettings | null,
): Promise<void> {
  await change(context, async ({ sql, record }) => {
    const was = await readGuard(sql, organizationId, targetId);
    await setGuard(sql, organizationId, targetId, settings);
    record({
      organizationId,
      type: "guard.updated",
      resource: { type: "guard", id: targetId },
      data: { was, is: settings },
    });
  });
}

async function requireDirectory({ deps }: Context, organizationId: string, id: string): Promise<void> {
  const found = await deps.database.prisma.directory.count({
    where: { id, organizationId, deletedAt: null },
  });
  if (found === 0) {
    throw problem("directory_not_found");
  }
}
