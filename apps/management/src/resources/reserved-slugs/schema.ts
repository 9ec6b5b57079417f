import type { ReservedSlug } from "@sallyport/database";
import { z } from "zod";
import { pageQuery } from "../../api/page.ts";
import { id, slug, timestamp } from "../../api/text.ts";

export const reservedSlugQuery = pageQuery.extend({
  slug: slug.exactOptional().meta({ description: "This one alone." }),
});

export const reservedSlug = z
  .object({
    id,
    slug: z.string(),
    organizationId: id.meta({
      description: "Whose it was: that organization may take it again. It may itself be deleted.",
    }),
    releasedAt: timestamp,
  })
  .meta({ id: "ReservedSlug" });

export function reservedSlugView(row: ReservedSlug): z.input<typeof reservedSlug> {
  return {
    id: row.id,
    slug: row.slug,
    organizationId: row.organizationId,
    releasedAt: row.createdAt.toISOString(),
  };
}
