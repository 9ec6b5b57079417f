import { isId } from "@sallyport/database";
import type { EventStream } from "../../api/event-stream.ts";
import { pageArguments, toPage } from "../../api/page.ts";
import type { Context } from "../../context.ts";
import { problem } from "../../errors.ts";
import { getDirectory } from "../directories/store.ts";
import { idsOf, type ScimRequestQuery, scimRequestView } from "./schema.ts";

/** Throws `directory_not_found`. */
export async function listScimRequests(
  context: Context,
  organizationId: string,
  directoryId: string,
  query: ScimRequestQuery,
) {
  await getDirectory(context, organizationId, directoryId);
  const { method, status, path, requestId, resourceId, since, until } = query;
  const { where, ...rest } = pageArguments(query, "desc");
  const rows = await context.deps.database.prisma.scimRequest.findMany({
    ...rest,
    where: {
      AND: [
        { organizationId, directoryId },
        method === undefined ? {} : { method },
        status === undefined ? {} : { status: statuses(status) },
        path === undefined ? {} : { path: { contains: path } },
        requestId === undefined ? {} : { requestId },
        resourceId === undefined
          ? {}
          : {
              OR: ["users", "groups"].map((kind) => ({
                changed: { path: [kind], array_contains: [resourceId] },
              })),
            },
        since === undefined ? {} : { createdAt: { gte: since } },
        until === undefined ? {} : { createdAt: { lt: until } },
        where,
      ],
    },
  });
  const waiting = await waitingFor(context, organizationId, rows.flatMap(idsOf));
  return toPage(rows, query, (row) => scimRequestView(row, waiting));
}

/** Throws `directory_not_found`, `scim_request_not_found`. */
export async function getScimRequest(
  context: Context,
  organizationId: string,
  directoryId: string,
  id: string,
) {
  await getDirectory(context, organizationId, directoryId);
  const row = await context.deps.database.prisma.scimRequest.findFirst({
    where: { id, organizationId, directoryId },
  });
  if (row === null) {
    throw problem("scim_request_not_found");
  }
  return scimRequestView(row, await waitingFor(context, organizationId, idsOf(row)));
}

/**
 * @param lastEventId as the client sent it; begins anew where it is no request of the directory
 * Throws `directory_not_found`, `streams_too_many`, `streams_exhausted`.
 */
export async function streamScimRequests(
  context: Context,
  organizationId: string,
  directoryId: string,
  lastEventId: string | undefined,
): Promise<EventStream> {
  const { id } = await getDirectory(context, organizationId, directoryId);
  const lastId = lastEventId !== undefined && isId(lastEventId) ? lastEventId : null;
  return context.deps.requestWatch.stream(organizationId, id, lastId);
}

/** "409" is itself; "4xx" is all of 400 to 499. */
function statuses(text: string): number | { gte: number; lt: number } {
  if (!text.endsWith("xx")) {
    return Number(text);
  }
  const first = Number(text[0]) * 100;
  return { gte: first, lt: first + 100 };
}

/** Of these users and groups, those that the reconciler has yet to see as they are. */
async function waitingFor(
  { deps }: Context,
  organizationId: string,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  if (ids.length === 0) {
    return new Set();
  }
  const { rows } = await deps.database.sql.query<{ id: string }>(
    `SELECT directory_user_id AS id FROM dirty_directory_users
     WHERE organization_id = $1 AND directory_user_id = ANY($2::uuid[])
     UNION
     SELECT directory_group_id FROM dirty_directory_groups
     WHERE organization_id = $1 AND directory_group_id = ANY($2::uuid[])`,
    [organizationId, ids],
  );
  return new Set(rows.map((row) => row.id));
}
