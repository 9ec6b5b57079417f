import { pageArguments, toPage } from "../../api/page.ts";
import type { Context } from "../../context.ts";
import { ACTOR_TYPES, type AuditQuery, auditEventView } from "./schema.ts";

/** @param organizationId null for the events that belong to no organization */
export async function listAuditEvents(
  context: Pick<Context, "deps">,
  organizationId: string | null,
  query: AuditQuery,
) {
  const { prisma } = context.deps.database;
  const { type, actor, resource, outcome, requestId, since, until } = query;
  const { where, ...rest } = pageArguments(query, "desc");
  const rows = await prisma.event.findMany({
    ...rest,
    where: {
      AND: [
        { organizationId },
        type === undefined ? {} : { type },
        actor === undefined ? {} : actorIs(actor),
        resource === undefined ? {} : { resourceId: resource },
        outcome === undefined ? {} : { outcome },
        requestId === undefined ? {} : { requestId },
        since === undefined ? {} : { createdAt: { gte: since } },
        until === undefined ? {} : { createdAt: { lt: until } },
        where,
      ],
    },
  });
  const entries = await prisma.outboxEntry.findMany({ where: { eventId: { in: rows.map(({ id }) => id) } } });
  const sequences = new Map(entries.map(({ eventId, sequence }) => [eventId, Number(sequence)]));
  return toPage(rows, query, (row) => auditEventView(row, sequences.get(row.id) ?? null));
}

// Either by its index; what is one or the other goes by none. An id is no type: those are UUIDs.
function actorIs(actor: string) {
  return ACTOR_TYPES.some((type) => type === actor) ? { actorType: actor } : { actorId: actor };
}
