import { z } from "zod";
import { pageQuery } from "../../api/page.ts";
import { id, text, timestamp } from "../../api/text.ts";

/** So many are found by a search. */
export const MOST_FOUND = 200;

export const directoryUserQuery = pageQuery.extend({
  search: text(320)
    .exactOptional()
    .meta({
      description: `How their user name, their email or their name begins, or a whole externalId or id. Finds ${MOST_FOUND} at most.`,
    }),
  active: z
    .enum(["true", "false"])
    .transform((value) => value === "true")
    .exactOptional()
    .meta({ description: "Only users who are active in the directory, or only the others." }),
});

export type DirectoryUserQuery = z.output<typeof directoryUserQuery>;

export const directoryUser = z
  .object({
    id: id.meta({ description: "The SCIM id." }),
    userName: z.string(),
    externalId: z.string().nullable(),
    email: z.string().nullable(),
    name: z.string().nullable(),
    active: z.boolean().meta({ description: "As the directory has it." }),
    reconciled: z.boolean().meta({
      description: "Whether memberships and roles were brought to what it says, since it last changed.",
    }),
    held: z.boolean().meta({ description: "What it says takes access, and a guard holds that." }),
    conflicts: z.int().meta({ description: "Open conflicts of the person that it was matched with." }),
    person: z
      .object({
        userId: id,
        memberId: id.nullable(),
        status: z.enum(["active", "suspended"]).nullable(),
      })
      .nullable()
      .meta({ description: "Whom it was matched with; null: nobody yet." }),
    createdAt: timestamp,
    lastModified: timestamp,
  })
  .meta({ id: "DirectoryUser" });

export const directoryUserDetails = directoryUser
  .extend({
    attributes: z.record(z.string(), z.unknown()).meta({ description: "As they were pushed." }),
    identifiers: z.array(z.object({ value: z.string(), current: z.boolean() })).meta({
      description:
        "The identifiers by which the directory knows the user, as `address:…`, `name:…` or `id:…`, or knew it before (`current: false`): once it deactivates the user, nobody signs in with any of them.",
    }),
    groups: z
      .array(
        z.object({
          id,
          name: z.string(),
          direct: z.boolean().meta({ description: "Not only by a group that is in it." }),
        }),
      )
      .meta({ description: "200 at most." }),
  })
  .meta({ id: "DirectoryUserDetails" });
