import { type Endpoint, organizationEndpoint } from "../../api/endpoint.ts";
import { pageOf } from "../../api/page.ts";
import { loginRecord, loginRecordQuery, loginRecordSummary } from "./schema.ts";
import { getLoginRecord, listLoginRecords } from "./store.ts";

const tag = "Login records";

export const loginRecordEndpoints: readonly Endpoint[] = [
  organizationEndpoint({
    operationId: "listLoginRecords",
    method: "get",
    path: "/organizations/{org}/login-records",
    permission: "login_records.read",
    tag,
    summary: "List attempts to sign in, good and bad, of the last 30 days, the newest first",
    query: loginRecordQuery,
    status: 200,
    reply: pageOf(loginRecordSummary),
    handle: (call) => listLoginRecords(call, call.organization.id, call.query),
  }),
  organizationEndpoint({
    operationId: "getLoginRecord",
    method: "get",
    path: "/organizations/{org}/login-records/{recordId}",
    permission: "login_records.read",
    tag,
    summary: "Get an attempt to sign in: each step, what was sent, what came back",
    status: 200,
    reply: loginRecord,
    handle: (call) => getLoginRecord(call, call.organization.id, call.params.recordId),
  }),
];
