import { canonicalAddress } from "@sallyport/people";
import { z } from "zod";
import { ROLE_NAMES } from "../../access/roles.ts";
import { pageQuery } from "../../api/page.ts";
import { displayName, email, id, roleKey, text, timestamp } from "../../api/text.ts";

const consoleRole = z.enum(ROLE_NAMES);

export const newConsoleRole = z.strictObject({ role: consoleRole }).meta({ id: "NewConsoleRole" });

export const givenConsoleRole = z.object({ role: consoleRole.nullable() }).meta({ id: "ConsoleRole" });

const status = z.enum(["active", "suspended", "waiting"]).meta({
  description: "`waiting`: for a seat, without access (`…/access-policy`).",
});
const roles = z
  .array(roleKey)
  .max(100)
  .transform((keys) => [...new Set(keys)])
  .meta({ description: "Keys of the roles granted by hand. `member` is always among a member's roles." });

export const memberQuery = pageQuery.extend({
  email: text(320)
    .transform((value) => canonicalAddress(value) ?? value)
    .exactOptional(),
  status: status.exactOptional(),
});

export const newMember = z
  .strictObject({ email, name: displayName.exactOptional(), roles: roles.default([]) })
  .meta({ id: "NewMember" });

export const memberPatch = z
  .strictObject({
    status: z.enum(["active", "suspended"]).exactOptional(),
    roles: roles.exactOptional(),
    takeOver: z.boolean().default(false).meta({
      description: "Answer for the person by hand, from now on, whatever directories say or said of them.",
    }),
  })
  .meta({ id: "MemberPatch" });

export const member = z
  .object({
    id,
    userId: id.meta({ description: "The `sub` of the person's tokens." }),
    email: z.string().nullable(),
    name: z.string().nullable(),
    status,
    source: z.enum(["directory", "jit", "manual"]),
    roles: z.array(z.string()).meta({ description: "Role keys, sorted, from every source." }),
    unmanaged: z.boolean().meta({
      description:
        "Signed in without being known to any directory, although the organization has an active one.",
    }),
    directory: z.enum(["active", "ended", "released"]).nullable().meta({
      description:
        "What directories say of the person. `ended`: deactivated or deleted, so that nobody signs in as them. `released`: an administrator took over, and answers for them. null: none knows them.",
    }),
    groups: z.array(z.string()).meta({ description: "Names of the directory groups, sorted." }),
    consoleRole: consoleRole
      .nullable()
      .meta({ description: "What the person may do here and in the console." }),
    createdAt: timestamp,
  })
  .meta({ id: "Member" });

export type MemberQuery = z.output<typeof memberQuery>;
export type NewMember = z.output<typeof newMember>;
export type MemberPatch = z.output<typeof memberPatch>;
export type MemberView = z.input<typeof member>;
