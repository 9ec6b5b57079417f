import {
  decideHeldChange,
  findHeldChange,
  listHeldChanges,
  planHeldChange,
  planHeldSessionEnds,
} from "@sallyport/people";
import type { z } from "zod";
import { toPage } from "../../api/page.ts";
import { type PlanQuery, planPage, planView } from "../../api/plan.ts";
import { change } from "../../change.ts";
import type { Context } from "../../context.ts";
import { problem } from "../../errors.ts";
import { type heldChangeQuery, heldChangeView } from "./schema.ts";

export async function listOf(
  { deps }: Context,
  organizationId: string,
  query: z.output<typeof heldChangeQuery>,
) {
  const { cursor, limit, status } = query;
  const page = { status: status ?? null, after: cursor ?? null, limit: limit + 1 };
  return toPage(await listHeldChanges(deps.database.sql, organizationId, page), query, heldChangeView);
}

/** Throws `held_change_not_found`. */
export async function getOne({ deps }: Context, organizationId: string, id: string) {
  const row = await findHeldChange(deps.database.sql, organizationId, id);
  if (row === null) {
    throw problem("held_change_not_found");
  }
  return heldChangeView(row);
}

/** Throws `held_change_not_found`. */
export async function planOf(context: Context, organizationId: string, id: string, query: PlanQuery) {
  const { connection } = await getOne(context, organizationId, id);
  const plan = connection === null ? planHeldChange : planHeldSessionEnds;
  const { database, now } = context.deps;
  return planView(await database.transaction((sql) => plan(sql, organizationId, now(), id, planPage(query))));
}

/** Throws `held_change_not_found`, `held_change_decided`. */
export async function decide(
  context: Context,
  organizationId: string,
  id: string,
  decision: "confirmed" | "rejected",
) {
  await change(context, async ({ sql, now, record, reconcile, endSessions }) => {
    const done = await decideHeldChange(sql, organizationId, id, decision, now);
    if ("undecided" in done) {
      throw problem(done.undecided === "not_found" ? "held_change_not_found" : "held_change_decided");
    }
    record(done.event);
    if (done.sessionIds.length > 0) {
      await endSessions(organizationId, { sessionIds: done.sessionIds }, "idp_signal");
    }
    if (decision === "confirmed") {
      reconcile(organizationId);
    }
  });
  return getOne(context, organizationId, id);
}
