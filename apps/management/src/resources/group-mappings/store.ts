import {
  findNamedGroups,
  type GroupMapping,
  type MappingRefusal,
  planMappings,
  readGroupMappings,
  replaceGroupMappings,
} from "@sallyport/roles";
import { type PlanQuery, planPage, planView } from "../../api/plan.ts";
import { change } from "../../change.ts";
import type { Context } from "../../context.ts";
import { problem } from "../../errors.ts";

/** All of them, by group and role: there are at most a thousand. */
export async function listGroupMappings(context: Context, organizationId: string) {
  return listOf(await readGroupMappings(context.deps.database.prisma, organizationId));
}

const MOST_SHOWN = 20;

/** The directories' groups that a mapping would name, of which the first are shown. */
export function matchGroups(
  { deps }: Context,
  organizationId: string,
  naming: Pick<GroupMapping, "group" | "match" | "directory">,
) {
  return findNamedGroups(deps.database.sql, organizationId, naming, MOST_SHOWN);
}

/** Replaces all mappings. Throws `role_unknown` and `directory_unknown`, which name the field. */
export function putGroupMappings(
  context: Context,
  organizationId: string,
  mappings: readonly GroupMapping[],
) {
  return change(context, async (transaction) => {
    const { tx, now, reconcile } = transaction;
    const replaced = await replaceGroupMappings(transaction, organizationId, mappings, now);
    if (!("changed" in replaced)) {
      throw refusal(replaced);
    }
    if (replaced.changed) {
      reconcile(organizationId);
    }
    return listOf(await readGroupMappings(tx, organizationId));
  });
}

/** Who would gain or lose which roles by `putGroupMappings`. Throws what that throws, and changes nothing. */
export async function planGroupMappings(
  { deps }: Context,
  organizationId: string,
  mappings: readonly GroupMapping[],
  query: PlanQuery,
) {
  const plan = await planMappings(deps.database, organizationId, mappings, deps.now(), planPage(query));
  if (!("counts" in plan)) {
    throw refusal(plan);
  }
  return planView(plan);
}

function refusal(refused: MappingRefusal) {
  return "unknownRoleAt" in refused
    ? problem("role_unknown", { field: `${refused.unknownRoleAt}.role` })
    : problem("directory_unknown", { field: `${refused.unknownDirectoryAt}.directory` });
}

function listOf(items: readonly GroupMapping[]) {
  return { items: [...items], nextCursor: null };
}
