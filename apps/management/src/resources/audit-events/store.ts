import { pageArguments, toPage } from "../../api/page.ts";
import type { Context } from "../../context.ts";
import { type AuditQuery, auditEventView } from "./schema.ts";

/** @param organizationId null for the events that belong to no organization */
export async function listAuditEvents(context: Context, organizationId: string | null, query: AuditQuery) {
  const { prisma } = context.deps.database;
  const { type, actor, since, until } = query;
  const { where, ...rest } = pageArguments(query, "desc");
  const rows = await prisma.event.findMany({
    ...rest,
    where: {
      AND: [
        { organizationId },
        type === undefined ? {} : { type },
        actor === undefined ? {} : { OR: [{ actorId: actor }, { actorType: actor }] },
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
