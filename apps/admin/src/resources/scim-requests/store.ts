import { pageArguments, toPage } from "../../api/page.ts";
import type { Context } from "../../context.ts";
import { getDirectory } from "../directories/store.ts";
import { type ScimRequestQuery, scimRequestView } from "./schema.ts";

/** Throws `directory_not_found`. */
export async function listScimRequests(
  context: Context,
  organizationId: string,
  directoryId: string,
  query: ScimRequestQuery,
) {
  await getDirectory(context, organizationId, directoryId);
  const { method, status, since, until } = query;
  const { where, ...rest } = pageArguments(query, "desc");
  const rows = await context.deps.database.prisma.scimRequest.findMany({
    ...rest,
    where: {
      AND: [
        { organizationId, directoryId },
        method === undefined ? {} : { method },
        status === undefined ? {} : { status },
        since === undefined ? {} : { createdAt: { gte: since } },
        until === undefined ? {} : { createdAt: { lt: until } },
        where,
      ],
    },
  });
  return toPage(rows, query, scimRequestView);
}
