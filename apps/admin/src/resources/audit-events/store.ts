import { pageArguments, toPage } from "../../api/page.ts";
import type { Context } from "../../context.ts";
import { type AuditQuery, auditEventView } from "./schema.ts";

/** @param organizationId null for the events that belong to no organization */
export async function listAuditEvents(context: Context, organizationId: string | null, query: AuditQuery) {
  const { type, actor, since, until } = query;
  const { where, ...rest } = pageArguments(query, "desc");
  const rows = await context.deps.database.prisma.auditEvent.findMany({
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
  return toPage(rows, query, auditEventView);
}
