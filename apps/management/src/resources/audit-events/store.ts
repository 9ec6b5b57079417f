import type { Sql } from "@sallyport/database";
import { defined } from "@sallyport/defined";
import {
  countHistory,
  findHistoryPosition,
  type HistoryFilter,
  type HistoryPosition,
  readHistory,
} from "@sallyport/events";
import { Download } from "../../api/download.ts";
import { toPage } from "../../api/page.ts";
import type { Context } from "../../context.ts";
import { problem } from "../../errors.ts";
import { EXPORT_FORMATS } from "./export-formats.ts";
import { ACTOR_TYPES, type AuditQuery, auditEventView, type ExportQuery } from "./schema.ts";

// Of all: null is the trail of what belongs to no organization.

export async function listAuditEvents(
  { deps }: Pick<Context, "deps">,
  organizationId: string | null,
  query: AuditQuery,
) {
  const events = await readHistory(deps.database.sql, organizationId, filterOf(query), {
    behind: query.cursor,
    limit: query.limit + 1,
  });
  const rows = events.map((event) => ({ createdAt: event.occurredAt, id: event.id, event }));
  return toPage(rows, query, ({ event }) => auditEventView(event));
}

/** Events that are in memory at once. */
const EXPORT_PAGE = 500;

/** All that the filter names, as a file that tells at its end that it is whole. */
export function exportAuditEvents(
  { deps }: Pick<Context, "deps">,
  organizationId: string | null,
  query: ExportQuery,
): Download {
  const { database } = deps;
  const filter = filterOf(query);
  const format = EXPORT_FORMATS[query.format];
  return new Download(organizationId ?? "gateway", async () => {
    const start = await startOf(database.sql, organizationId, query);
    const total = start === undefined ? await countHistory(database, organizationId, filter) : undefined;
    return {
      contentType: format.contentType,
      fileName: `audit-events.${query.format}`,
      headers:
        total === undefined
          ? {}
          : { "Sallyport-Event-Count": `${total.count}${total.isEstimate ? ";estimate" : ""}` },
      chunks: chunks(start),
    };
  });

  async function* chunks(start: HistoryPosition | undefined) {
    if (start === undefined && format.head !== "") {
      yield format.head;
    }
    let behind = start;
    let count = 0;
    for (;;) {
      // The newest first: what happens meanwhile is before the first one, and so in no page.
      const page = await readHistory(database.sql, organizationId, filter, { behind, limit: EXPORT_PAGE });
      const last = page.at(-1);
      if (last === undefined) {
        yield format.end(count);
        return;
      }
      yield page.map((event) => format.line(auditEventView(event))).join("");
      count += page.length;
      behind = { createdAt: last.occurredAt, id: last.id };
    }
  }
}

async function startOf(sql: Sql, organizationId: string | null, { after }: ExportQuery) {
  if (after === undefined) {
    return undefined;
  }
  const position = await findHistoryPosition(sql, organizationId, after);
  if (position === null) {
    throw problem("audit_event_not_found");
  }
  return position;
}

function filterOf(query: AuditQuery | ExportQuery): HistoryFilter {
  const { type, actor, resource: resourceId, outcome, requestId, since, until } = query;
  return {
    ...defined({ type, resourceId, outcome, requestId, since, until }),
    ...(actor === undefined ? {} : actorIs(actor)),
  };
}

// Either by its index; what is one or the other goes by none. An id is no type: those are UUIDs.
function actorIs(actor: string): HistoryFilter {
  return ACTOR_TYPES.some((type) => type === actor) ? { actorType: actor } : { actorId: actor };
}
