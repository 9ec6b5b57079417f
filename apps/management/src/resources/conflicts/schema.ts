import type { ConflictView, Party } from "@sallyport/people";
import { readableAddress } from "@sallyport/people";
import { z } from "zod";
import { pageQuery } from "../../api/page.ts";
import { id, timestamp } from "../../api/text.ts";

const party = z.object({
  userId: id,
  memberId: id.nullable().meta({ description: "null: no member (any more)." }),
  email: z.string().nullable(),
  name: z.string().nullable(),
  status: z.enum(["active", "suspended", "waiting"]).nullable(),
  source: z.enum(["directory", "jit", "manual"]).nullable(),
  identities: z.int().meta({ description: "How many ways to sign in the user has." }),
  directoryUsers: z.int().meta({ description: "How many users of directories stand for the user." }),
});

const action = z.enum(["link", "keepApart"]);

export const conflict = z
  .object({
    id,
    claim: z.string().meta({
      description:
        "What both claim: `address:…`, `id:…` for an externalId or a subject, `name:…` for a user name.",
    }),
    shownBy: z
      .enum(["directory", "signIn", "administrator"])
      .meta({ description: "What showed it: a push, a login, an administrator's hand." }),
    user: party.meta({ description: "The later one, who stays apart." }),
    other: party,
    actions: z.array(action).meta({ description: "What an administrator can do; none once it is resolved." }),
    createdAt: timestamp,
    resolvedAt: timestamp.nullable(),
  })
  .meta({ id: "Conflict" });

export const conflictQuery = pageQuery.extend({
  status: z.enum(["open", "resolved"]).default("open"),
});

export const resolution = z
  .strictObject({
    action: action.meta({
      description:
        "`link`: the two are one person; what signed in as the later user, and the directory users that stand for it, are the other one's from now on, whose `sub`, membership and roles stay; the later user ends, and so do its sessions. `keepApart`: they are two; the same claim is not told again.",
    }),
  })
  .meta({ id: "ConflictResolution" });

const SHOWN_BY = { directory: "directory", jit: "signIn", manual: "administrator" } as const;

export function conflictView(row: ConflictView): z.input<typeof conflict> {
  return {
    id: row.id,
    claim: row.claim,
    shownBy: SHOWN_BY[row.source],
    user: partyView(row.user),
    other: partyView(row.other),
    actions: row.resolvedAt === null ? ["link", "keepApart"] : [],
    createdAt: row.createdAt.toISOString(),
    resolvedAt: row.resolvedAt?.toISOString() ?? null,
  };
}

function partyView({ membershipId, email, ...party }: Party) {
  return { ...party, memberId: membershipId, email: email === null ? null : readableAddress(email) };
}
