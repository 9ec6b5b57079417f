import { type Endpoint, organizationEndpoint } from "../../api/endpoint.ts";
import { statistics, statisticsQuery } from "./schema.ts";
import { readStatistics } from "./store.ts";

const tag = "Statistics";

export const statisticsEndpoints: readonly Endpoint[] = [
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
