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
    "Whose groups give roles to somebody whom several directories have: `all` of those that have them active, or the `first` that has them alone.",
});

export const accessPolicyPatch = z
  .strictObject({
    defaultRole: roleKey.nullable().exactOptional().meta({
      description:
        "Key of the role of whoever is a member by a directory or a sign-in, and whom no group gives a role; beside `member`, which all have. null: none.",
    }),
    directories: z
      .strictObject({
        order: z
          .array(id)
          .max(MOST_DIRECTORIES)
          .refine((ids) => new Set(ids).size === ids.length, "Names a directory twice")
          .meta({
            description:
              "Ids of directories, the first before the second; all others come last, and count alike. Of the first that has a person it is told whether they are active, and who they are. Empty: whoever is active in any directory is active.",
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
      waiting: z.int().meta({ description: "Who would be active, and wait for a seat." }),
    }),
  })
  .meta({ id: "AccessPolicy" });
