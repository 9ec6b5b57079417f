import { z } from "zod";
import { id, roleKey } from "../../api/text.ts";

const MOST_DIRECTORIES = 100;

const atLimit = z.enum(["hold", "allow"]).meta({
  description:
    "Whoever comes when all seats are used: `hold` keeps them waiting, without access, until a seat is free; `allow` lets them in. Both tell it by an event, once.",
});
const limit = z.int().min(0).max(100_000_000).meta({ description: "How many may be active members." });
const roles = z.enum(["all", "first"]).meta({
  description:
    "Whose groups give roles to a person whom several directories know: `all` that have them active, or only the `first`.",
});

export const accessPolicyPatch = z
  .strictObject({
    defaultRole: roleKey.nullable().exactOptional().meta({
      description:
        "Key of the role of members by a directory or a sign-in to whom no group gives a role, in addition to `member`, which everybody has. null: none.",
    }),
    directories: z
      .strictObject({
        order: z
          .array(id)
          .max(MOST_DIRECTORIES)
          .refine((ids) => new Set(ids).size === ids.length, "Names a directory twice")
          .meta({
            description:
              "Ids of directories in order of precedence; all others come last and are equal. The first that knows a person decides whether they are active, and their profile. Empty: a person who is active in any directory is active.",
          }),
        roles: roles.default("all"),
      })
      .exactOptional(),
    seats: z
      .strictObject({ limit, atLimit: atLimit.default("hold") })
      .nullable()
      .exactOptional()
      .meta({
        description:
          "null: as many as come. Nobody who is a member loses anything by a limit. Only a key without an organization sets it.",
      }),
  })
  .meta({ id: "AccessPolicyPatch" });

export const accessPolicy = z
  .object({
    defaultRole: z.string().nullable(),
    directories: z.object({ order: z.array(id), roles }),
    seats: z.object({
      limit: z.int().nullable().meta({ description: "null: as many as come." }),
      atLimit,
      used: z.int().meta({ description: "Active members." }),
      waiting: z.int().meta({ description: "Members who would be active, but wait for a seat." }),
    }),
  })
  .meta({ id: "AccessPolicy" });
