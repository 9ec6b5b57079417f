import { countMatches, listMatches, type MatchedMember, readableAddress } from "@sallyport/people";
import { z } from "zod";
import { pageQuery, toPage } from "../../api/page.ts";
import { id } from "../../api/text.ts";
import type { Context } from "../../context.ts";
import { getDirectory } from "./store.ts";

const state = z.enum(["matched", "inactive", "unmatched", "elsewhere"]).meta({
  description:
    "`matched`: the directory has them active. `inactive`: it knows them, and has nobody active who stands for them. `unmatched`: no directory knows them, as those who were added by hand or signed in. `elsewhere`: only another directory does.",
});

export const directoryPlanQuery = pageQuery.extend({
  state: state.default("unmatched").meta({ description: "Whom to list." }),
});

const member = z.object({
  memberId: id,
  userId: id,
  email: z.string().nullable(),
  name: z.string().nullable(),
  status: z.enum(["active", "suspended"]),
  source: z.enum(["directory", "jit", "manual"]),
  state,
  heldChangeId: id.nullable().meta({ description: "What the directory says of them is held by its guard." }),
  conflictId: id.nullable().meta({ description: "They may be the same as another user: settle it." }),
});

export const directoryPlan = z
  .object({
    counts: z.object({ matched: z.int(), inactive: z.int(), unmatched: z.int(), elsewhere: z.int() }),
    waiting: z.int().meta({
      description: "Users that the directory pushed and nobody has looked at yet: the counts may change.",
    }),
    items: z.array(member),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: "DirectoryPlan" });

/** Throws `directory_not_found`. */
export async function planDirectory(
  context: Context,
  organizationId: string,
  directoryId: string,
  query: z.output<typeof directoryPlanQuery>,
): Promise<z.input<typeof directoryPlan>> {
  await getDirectory(context, organizationId, directoryId);
  const { sql } = context.deps.database;
  const { cursor, limit } = query;
  const page = { state: query.state, after: cursor ?? null, limit: limit + 1 };
  const members = await listMatches(sql, organizationId, directoryId, page);
  return {
    ...(await countMatches(sql, organizationId, directoryId)),
    ...toPage(members, query, memberView),
  };
}

function memberView({ id: memberId, email, ...member }: MatchedMember) {
  return { ...member, memberId, email: email === null ? null : readableAddress(email) };
}
