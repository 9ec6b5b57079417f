import { catalogue } from "@sallyport/events";
import { z } from "zod";
import { type Endpoint, keyedEndpoint } from "../../api/endpoint.ts";
import { pageOf, pageQuery } from "../../api/page.ts";
import { text } from "../../api/text.ts";
import { webhookDeliveryEndpoints } from "./deliveries/routes.ts";
import {
  createdWebhookEndpoint,
  eventTypes,
  newWebhookEndpoint,
  rotatedWebhookSecret,
  secretRotation,
  webhookEndpoint,
  webhookEndpointDetails,
  webhookEndpointPatch,
} from "./schema.ts";
import {
  createWebhookEndpoint,
  deleteWebhookEndpoint,
  getWebhookEndpoint,
  listWebhookEndpoints,
  rotateWebhookSecret,
  testWebhookEndpoint,
  updateWebhookEndpoint,
} from "./store.ts";

const tag = "Webhook endpoints";

const listQuery = pageQuery.extend({
  organization: text(63).exactOptional().meta({ description: "The slug or id of an organization: its own." }),
  scope: z.enum(["all", "gateway"]).default("all").meta({
    description: "`gateway`: only those that are told of all organizations' events.",
  }),
});

/** What belongs to an organization and what belongs to none, by one path: who calls it says which. */
export const webhookEndpointEndpoints: readonly Endpoint[] = [
  keyedEndpoint({
    operationId: "createWebhookEndpoint",
    method: "post",
    path: "/webhook-endpoints",
    permission: "webhooks.write",
    tag,
    summary: "Have a receiver told of events, signed by the Standard Webhooks convention",
    description:
      "It is told of what happens from now on. One that is told of all organizations' events takes `gateway_webhooks.write` besides.",
    body: newWebhookEndpoint,
    status: 201,
    reply: createdWebhookEndpoint,
    errors: [
      "organization_not_found",
      "key_scope_insufficient",
      "operator_required",
      "webhook_endpoints_too_many",
    ],
    handle: (call) => createWebhookEndpoint(call, call.body),
  }),
  keyedEndpoint({
    operationId: "listWebhookEndpoints",
    method: "get",
    path: "/webhook-endpoints",
    permission: "webhooks.read",
    tag,
    summary: "List webhook endpoints that the caller reaches, or an organization's",
    query: listQuery,
    status: 200,
    reply: pageOf(webhookEndpoint),
    errors: ["organization_not_found", "key_scope_insufficient"],
    handle: (call) => listWebhookEndpoints(call, call.query),
  }),
  keyedEndpoint({
    operationId: "getWebhookEndpoint",
    method: "get",
    path: "/webhook-endpoints/{webhookEndpointId}",
    permission: "webhooks.read",
    tag,
    summary: "Get a webhook endpoint, and how many deliveries wait or failed",
    status: 200,
    reply: webhookEndpointDetails,
    handle: (call) => getWebhookEndpoint(call, call.params.webhookEndpointId),
  }),
  keyedEndpoint({
    operationId: "updateWebhookEndpoint",
    method: "patch",
    path: "/webhook-endpoints/{webhookEndpointId}",
    permission: "webhooks.write",
    tag,
    summary: "Change a webhook endpoint, disable or enable it",
    body: webhookEndpointPatch,
    status: 200,
    reply: webhookEndpoint,
    errors: ["operator_required"],
    handle: (call) => updateWebhookEndpoint(call, call.params.webhookEndpointId, call.body),
  }),
  keyedEndpoint({
    operationId: "rotateWebhookSecret",
    method: "post",
    path: "/webhook-endpoints/{webhookEndpointId}/rotate-secret",
    permission: "webhooks.write",
    tag,
    summary: "Replace the secret; the old one signs as well for a while",
    body: secretRotation,
    status: 200,
    reply: rotatedWebhookSecret,
    errors: ["operator_required"],
    handle: (call) => rotateWebhookSecret(call, call.params.webhookEndpointId, call.body),
  }),
  keyedEndpoint({
    operationId: "testWebhookEndpoint",
    method: "post",
    path: "/webhook-endpoints/{webhookEndpointId}/test",
    permission: "webhooks.write",
    tag,
    summary: "Have a test event sent, whatever the endpoint's types",
    description: "An event like any other, `webhook_endpoint.tested`. Its delivery shows within two seconds.",
    status: 204,
    errors: ["operator_required", "webhook_endpoint_disabled"],
    handle: (call) => testWebhookEndpoint(call, call.params.webhookEndpointId),
  }),
  keyedEndpoint({
    operationId: "deleteWebhookEndpoint",
    method: "delete",
    path: "/webhook-endpoints/{webhookEndpointId}",
    permission: "webhooks.write",
    tag,
    summary: "Delete a webhook endpoint, and its deliveries with it",
    status: 204,
    errors: ["operator_required"],
    handle: (call) => deleteWebhookEndpoint(call, call.params.webhookEndpointId),
  }),
  ...webhookDeliveryEndpoints,
  keyedEndpoint({
    operationId: "listEventTypes",
    method: "get",
    path: "/event-types",
    permission: "webhooks.read",
    tag,
    summary: "List all types of events",
    status: 200,
    reply: eventTypes,
    handle: async () => ({
      items: Object.entries(catalogue).map(([type, { resource, says }]) => ({
        type,
        resource,
        description: says,
      })),
    }),
  }),
];
