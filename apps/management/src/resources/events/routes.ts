import { requirePermission } from "../../access/caller.ts";
import { type Endpoint, gatewayEndpoint, organizationEndpoint } from "../../api/endpoint.ts";
import { readEvents } from "./feed.ts";
import { eventFeed, eventQuery } from "./schema.ts";

const tag = "Events";
const description =
  "Pass `nextCursor` on and nothing is missed, and nothing comes twice. Events are served for 30 days; an older cursor is refused (`cursor_expired`). With `wait` the answer comes as soon as there is an event. The types are in docs/events.md.";
const errors = ["cursor_invalid", "cursor_expired", "streams_too_many", "streams_exhausted"] as const;

export const eventEndpoints: readonly Endpoint[] = [
  organizationEndpoint({
    operationId: "readEvents",
    method: "get",
    path: "/organizations/{org}/events",
    permission: "audit_events.read",
    tag,
    summary: "Follow what happens in the organization, the oldest first",
    description,
    query: eventQuery,
    status: 200,
    reply: eventFeed,
    errors,
    handle: (call) => readEvents(call, { organizationId: call.organization.id }, call.query),
  }),
  gatewayEndpoint({
    operationId: "readAllEvents",
    method: "get",
    path: "/events",
    permission: "gateway_audit_events.read",
    tag,
    summary: "Follow what happens in all organizations and in none, the oldest first",
    description: `Needs \`audit_events.read\`, too. ${description}`,
    query: eventQuery,
    status: 200,
    reply: eventFeed,
    errors,
    handle: (call) => {
      requirePermission(call.caller, "audit_events.read");
      return readEvents(call, "all", call.query);
    },
  }),
];
