import { NESTING_LIMITS } from "@sallyport/directories";
import { z } from "zod";
import { type Endpoint, organizationEndpoint } from "../../api/endpoint.ts";
import { pageArguments, pageOf, pageQuery, toPage } from "../../api/page.ts";
import { id, timestamp } from "../../api/text.ts";
import { getDirectory } from "../directories/store.ts";

const directoryGroup = z
  .object({
    id,
    name: z.string(),
    nestingLimit: z
      .enum(["depth", "ancestors", "parents"])
      .nullable()
      .meta({
        description: `It is in more groups than count: by more than ${NESTING_LIMITS.depth} levels of nesting, with more than ${NESTING_LIMITS.ancestors} groups above it, or as a direct member of more than ${NESTING_LIMITS.parents}. The nearest count.`,
      }),
    createdAt: timestamp,
  })
  .meta({ id: "DirectoryGroup" });

export const directoryGroupEndpoints: readonly Endpoint[] = [
  organizationEndpoint({
    operationId: "listDirectoryGroups",
    method: "get",
    path: "/organizations/{org}/directories/{directoryId}/groups",
    permission: "directories.read",
    tag: "Directories",
    summary: "List the groups that the directory was pushed, the oldest first",
    query: pageQuery,
    status: 200,
    reply: pageOf(directoryGroup),
    handle: async (call) => {
      const { deps, organization, params, query } = call;
      await getDirectory(call, organization.id, params.directoryId);
      const { where, ...page } = pageArguments(query, "asc");
      const rows = await deps.database.prisma.directoryGroup.findMany({
        ...page,
        where: {
          organizationId: organization.id,
          directoryId: params.directoryId,
          deletedAt: null,
          ...where,
        },
        select: { id: true, displayName: true, nestingLimit: true, createdAt: true },
      });
      return toPage(rows, query, ({ id, displayName, nestingLimit, createdAt }) => ({
        id,
        name: displayName,
        nestingLimit,
        createdAt: createdAt.toISOString(),
      }));
    },
  }),
];
