import { rolledBack, type Sql } from "@sallyport/database";
import {
  type AdoptedPerson,
  type AdoptionPage,
  type AdoptionPlan,
  countMatches,
  listMatches,
  planAdoption,
  readableAddress,
} from "@sallyport/people";
import { z } from "zod";
import { pageQuery, toPage } from "../../api/page.ts";
import { accessCounts } from "../../api/plan.ts";
import { id } from "../../api/text.ts";
import type { Context } from "../../context.ts";
import { problem } from "../../errors.ts";
import { getDirectory } from "./store.ts";

const state = z.enum(["matched", "inactive", "unmatched", "elsewhere", "new"]).meta({
  description:
    "`matched`: the directory has them active. `inactive`: it knows them, and has nobody active who stands for them. `unmatched`: no directory knows them, as those who were added by hand or signed in. `elsewhere`: only another directory does. `new`: they would become members; of a directory in review.",
});

export const directoryPlanQuery = pageQuery.extend({
  state: z
    .enum([...state.options, "losing"])
    .default("unmatched")
    .meta({ description: "Whom to list; `losing`: who would be suspended, or lose a role." }),
});

const member = z.object({
  memberId: id.nullable().meta({ description: "Null for somebody who would become a member." }),
  userId: id.nullable(),
  email: z.string().nullable(),
  name: z.string().nullable(),
  status: z.enum(["active", "suspended", "waiting"]).nullable(),
  source: z.enum(["directory", "jit", "manual"]).nullable(),
  state,
  heldChangeId: id.nullable().meta({ description: "What the directory says of them is held by its guard." }),
  conflictId: id.nullable().meta({ description: "They may be the same as another user: settle it." }),
  disputed: z.boolean().meta({
    description:
      "They may be the same as another user: a conflict is open, or would be raised. Nobody is merged by a guess.",
  }),
  suspended: z.boolean().meta({ description: "They could sign in no longer." }),
  gains: z.array(z.string()).meta({ description: "Keys of roles, sorted." }),
  loses: z.array(z.string()).meta({ description: "Keys of roles, sorted." }),
});

export const directoryPlan = z
  .object({
    inReview: z.boolean().meta({
      description: "Whether it is a preview of activating the directory now, rather than the current state.",
    }),
    counts: z.object({
      ...{ matched: z.int(), inactive: z.int(), unmatched: z.int(), elsewhere: z.int(), new: z.int() },
    }),
    access: accessCounts,
    waiting: z.int().meta({
      description: "Users that the directory pushed and nobody has looked at yet: the counts may change.",
    }),
    items: z.array(member),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: "DirectoryPlan" });

/** Throws `directory_not_found`, `plan_under_way`. */
export async function planDirectory(
  context: Context,
  organizationId: string,
  directoryId: string,
  query: z.output<typeof directoryPlanQuery>,
): Promise<z.input<typeof directoryPlan>> {
  const { inReview } = await getDirectory(context, organizationId, directoryId);
  const { database, now } = context.deps;
  const { cursor, limit } = query;
  const page = { list: query.state, after: cursor ?? null, limit: limit + 1 };
  const plan = inReview
    ? await rolledBack(database, (sql) => planAdoption(sql, organizationId, directoryId, now(), page))
    : await asItIs(database.sql, organizationId, directoryId, page);
  if (plan === "busy") {
    throw problem("plan_under_way");
  }
  const { counts, access, people } = plan;
  return {
    ...{ inReview, counts, access },
    waiting: inReview ? 0 : (await countMatches(database.sql, organizationId, directoryId)).waiting,
    ...toPage(people, query, personView),
  };
}

/** Of a directory that people go by: nothing is to change but what is waiting or held. */
async function asItIs(
  sql: Sql,
  organizationId: string,
  directoryId: string,
  { list, ...page }: AdoptionPage,
): Promise<AdoptionPlan> {
  const { counts } = await countMatches(sql, organizationId, directoryId);
  const members =
    list === "new" || list === "losing"
      ? []
      : await listMatches(sql, organizationId, directoryId, { ...page, state: list });
  return {
    counts: { ...counts, new: 0 },
    access: { people: 0, gain: 0, lose: 0, suspend: 0, admit: 0 },
    people: members.map((member) => ({
      ...member,
      ...{ disputed: member.conflictId !== null, suspended: false, gains: [], loses: [] },
    })),
  };
}

function personView({ id, email, state, gains, loses, createdAt: _, ...person }: AdoptedPerson) {
  return {
    ...person,
    state,
    memberId: state === "new" ? null : id,
    email: email === null ? null : readableAddress(email),
    gains: [...gains],
    loses: [...loses],
  };
}
