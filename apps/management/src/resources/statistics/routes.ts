import { type Endpoint, organizationEndpoint } from "../../api/endpoint.ts";
import { overview, statistics, statisticsQuery } from "./schema.ts";
import { readOverview, readStatistics } from "./store.ts";

const tag = "Statistics";

export const statisticsEndpoints: readonly Endpoint[] = [
  organizationEndpoint({
    operationId: "getOrganizationOverview",
    method: "get",
    path: "/organizations/{org}/overview",
    permission: "statistics.read",
    tag,
    summary: "Tell how an organization is: what ends, what waits, what is to be settled",
    status: 200,
    reply: overview,
    handle: (call) => readOverview(call, call.organization.id),
  }),
  organizationEndpoint({
    operationId: "getOrganizationStatistics",
    method: "get",
    path: "/organizations/{org}/statistics",
    permission: "statistics.read",
    tag,
    summary: "Count logins by outcome and cause, and SCIM requests, by the hour",
    query: statisticsQuery,
    status: 200,
    reply: statistics,
    errors: ["period_invalid"],
    handle: (call) => readStatistics(call, call.organization.id, call.query),
  }),
];
