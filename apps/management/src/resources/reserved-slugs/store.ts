import { newId, type Prisma } from "@sallyport/database";
import type { z } from "zod";
import { pageArguments, toPage } from "../../api/page.ts";
import { change } from "../../change.ts";
import type { Context } from "../../context.ts";
import { problem } from "../../errors.ts";
import { type reservedSlugQuery, reservedSlugView } from "./schema.ts";

/**
 * Claims a slug that `organizationId` has just been given: one that it released itself is its own again. To be called
 * after the organization's row was written, when whoever is releasing the slug has been waited for. Throws `slug_reserved`.
 */
export async function claimSlug(
  tx: Prisma.TransactionClient,
  organizationId: string,
  slug: string,
): Promise<void> {
  await tx.reservedSlug.deleteMany({ where: { slug, organizationId } });
  const others = await tx.reservedSlug.count({ where: { slug } });
  if (others > 0) {
    throw problem("slug_reserved", { field: "slug" });
  }
}

/** Keeps a slug that an organization no longer has: applications may know the organization by it for a long time. */
export async function reserveSlug(
  tx: Prisma.TransactionClient,
  organizationId: string,
  slug: string,
  now: Date,
): Promise<void> {
  await tx.reservedSlug.create({ data: { id: newId(), slug, organizationId, createdAt: now } });
}

export async function listReservedSlugs(context: Context, query: z.output<typeof reservedSlugQuery>) {
  const { slug, ...page } = query;
  const { where, ...rest } = pageArguments(page, "asc");
  const named = slug === undefined ? {} : { slug };
  const rows = await context.deps.database.prisma.reservedSlug.findMany({
    ...rest,
    where: { ...named, ...where },
  });
  return toPage(rows, page, reservedSlugView);
}

/** From now on any organization may be given it. Throws `reserved_slug_not_found`. */
export async function freeSlug(context: Context, id: string): Promise<void> {
  await change(context, async ({ tx, record }) => {
    const row = await tx.reservedSlug.findUnique({ where: { id } });
    if (row === null) {
      throw problem("reserved_slug_not_found");
    }
    const { count } = await tx.reservedSlug.deleteMany({ where: { id } });
    if (count === 0) {
      throw problem("reserved_slug_not_found");
    }
    record({
      organizationId: null,
      type: "organization.slug_freed",
      resource: { type: "organization", id: row.organizationId },
      before: { slug: row.slug },
    });
  });
}
