import { type Endpoint, organizationEndpoint } from "../../../api/endpoint.ts";
import { connection } from "../schema.ts";
import { heldBackApproval } from "./schema.ts";
import { applyHeldBack, refreshNow } from "./store.ts";

const tag = "Connections";

export const connectionMetadataEndpoints: readonly Endpoint[] = [
  organizationEndpoint({
    operationId: "refreshConnectionMetadata",
    method: "post",
    path: "/organizations/{org}/connections/{connectionId}/metadata/refresh",
    permission: "connections.write",
    tag,
    summary: "Fetch the identity provider's metadata now",
    description:
      "As the schedule does about every hour: safe changes are applied, others are held back. `saml.metadata` of the answer has the result; a problem there is not an error of this request.",
    status: 200,
    reply: connection,
    errors: ["metadata_not_followed", "changed_meanwhile"],
    handle: (call) => refreshNow(call, call.organization.id, call.params.connectionId),
  }),
  organizationEndpoint({
    operationId: "applyHeldBackMetadata",
    method: "post",
    path: "/organizations/{org}/connections/{connectionId}/metadata/apply",
    permission: "connections.write",
    tag,
    summary: "Apply the change that a refresh has held back",
    description:
      "Whoever is named by the certificates can sign in as anybody of the organization: compare their fingerprints with what the identity provider's administrator sees. With another entity ID, people whose email's domain is not verified come back as somebody new.",
    body: heldBackApproval,
    status: 200,
    reply: connection,
    errors: ["metadata_not_held_back"],
    handle: (call) => applyHeldBack(call, call.organization.id, call.params.connectionId, call.body.digest),
  }),
];
