import { z } from "zod";
import { id, text } from "../../api/text.ts";

export const searchQuery = z.strictObject({
  q: text(200).meta({
    description:
      "How a name, slug, email address or domain begins, in any case; or a whole id or request id, as error pages and logs tell it.",
  }),
});

export const FOUND_TYPES = [
  "organization",
  "member",
  "connection",
  "directory",
  "application",
  "loginRecord",
  "scimRequest",
] as const;

export const found = z
  .object({
    items: z.array(
      z.object({
        type: z.enum(FOUND_TYPES),
        id: z.string(),
        title: z.string(),
        detail: z
          .string()
          .nullable()
          .meta({ description: "Distinguishes it from others with the same title." }),
        parentId: id.nullable().meta({
          description: "The connection of a login record, the directory of a SCIM request; null elsewhere.",
        }),
        organization: z
          .object({ id, slug: z.string(), name: z.string() })
          .nullable()
          .meta({ description: "Whose it is; null for what belongs to none." }),
      }),
    ),
  })
  .meta({ id: "Found" });
