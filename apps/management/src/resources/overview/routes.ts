import { type Endpoint, keyedEndpoint, organizationEndpoint } from "../../api/endpoint.ts";
import { pageOf } from "../../api/page.ts";
import { organizationsQuery } from "../organizations/schema.ts";
import { organizationHealth, overview } from "./schema.ts";
import { listHealth, readOverview } from "./store.ts";

const tag = "Statistics";

export const overviewEndpoints: readonly Endpoint[] = [
  organizationEndpoint({
    operationId: "getOrganizationOverview",
    method: "get",
    path: "/organizations/{org}/overview",
    permission: "statistics.read",
    tag,
    summary: "Tell how an organization is: what ends, what waits, what is to be settled",
    description:
      "Certificates and failing connections are looked for among the first 100 active connections.",
    status: 200,
    reply: overview,
    handle: (call) => readOverview(call, call.organization.id),
  }),
  keyedEndpoint({
    operationId: "listOrganizationHealth",
    method: "get",
    path: "/health/organizations",
    permission: "statistics.read",
    tag,
    summary: "Tell how the organizations are that the key reaches",
    description:
      "Certificates and failing connections are looked for among the first 10 active connections of each.",
    query: organizationsQuery,
    status: 200,
    reply: pageOf(organizationHealth),
    handle: (call) => listHealth(call, call.query),
  }),
];
