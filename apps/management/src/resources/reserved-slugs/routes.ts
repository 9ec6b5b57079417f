import { type Endpoint, gatewayEndpoint } from "../../api/endpoint.ts";
import { pageOf } from "../../api/page.ts";
import { reservedSlug, reservedSlugQuery } from "./schema.ts";
import { freeSlug, listReservedSlugs } from "./store.ts";

const tag = "Organizations";

export const reservedSlugEndpoints: readonly Endpoint[] = [
  gatewayEndpoint({
    operationId: "listReservedSlugs",
    method: "get",
    path: "/reserved-slugs",
    permission: "reserved_slugs.read",
    tag,
    summary: "List the slugs that organizations had and no longer have",
    description:
      "Applications name organizations by their slugs, so nobody else is given one that was somebody's: not after a change of slug, not after the organization was deleted.",
    query: reservedSlugQuery,
    status: 200,
    reply: pageOf(reservedSlug),
    handle: (call) => listReservedSlugs(call, call.query),
  }),
  gatewayEndpoint({
    operationId: "freeReservedSlug",
    method: "delete",
    path: "/reserved-slugs/{reservedSlugId}",
    permission: "reserved_slugs.write",
    tag,
    summary: "Free a reserved slug for any organization",
    description:
      "Do so once no application, link or token names the organization that had it: they take the next owner of the slug for that organization.",
    status: 204,
    handle: (call) => freeSlug(call, call.params.reservedSlugId),
  }),
];
