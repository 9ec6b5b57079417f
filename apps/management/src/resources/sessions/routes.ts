import { type Endpoint, organizationEndpoint } from "../../api/endpoint.ts";
import { pageOf } from "../../api/page.ts";
import { session, sessionQuery } from "./schema.ts";
import { endSession, getSession, listSessions } from "./store.ts";

const tag = "Sessions";

export const sessionEndpoints: readonly Endpoint[] = [
  organizationEndpoint({
    operationId: "listSessions",
    method: "get",
    path: "/organizations/{org}/sessions",
    permission: "sessions.read",
    tag,
    summary: "List sessions, the newest first",
    query: sessionQuery,
    status: 200,
    reply: pageOf(session),
    handle: (call) => listSessions(call, call.organization.id, call.query),
  }),
  organizationEndpoint({
    operationId: "getSession",
    method: "get",
    path: "/organizations/{org}/sessions/{sessionId}",
    permission: "sessions.read",
    tag,
    summary: "Get a session",
    status: 200,
    reply: session,
    handle: (call) => getSession(call, call.organization.id, call.params.sessionId),
  }),
  organizationEndpoint({
    operationId: "endSession",
    method: "delete",
    path: "/organizations/{org}/sessions/{sessionId}",
    permission: "sessions.write",
    tag,
    summary: "End a session: its tokens become invalid, and its applications are notified",
    status: 204,
    handle: (call) => endSession(call, call.organization.id, call.params.sessionId),
  }),
];
