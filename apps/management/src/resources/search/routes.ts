import { type Endpoint, keyedEndpoint } from "../../api/endpoint.ts";
import { found, searchQuery } from "./schema.ts";
import { search } from "./search.ts";

export const searchEndpoints: readonly Endpoint[] = [
  keyedEndpoint({
    operationId: "search",
    method: "get",
    path: "/search",
    permission: "organization.read",
    tag: "Search",
    summary: "Find organizations, members, connections, directories, applications, and requests that failed",
    description:
      "Of what the caller reaches and may read, at most eight of each type: by how a name, slug, address or domain begins, or by a whole id.",
    query: searchQuery,
    status: 200,
    reply: found,
    handle: (call) => search(call, call.query.q),
  }),
];
