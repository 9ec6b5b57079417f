import { type Endpoint, keyedEndpoint } from "../../../api/endpoint.ts";
import { pageOf } from "../../../api/page.ts";
import { delivery, deliveryDetails, deliveryQuery, replay, replayed } from "./schema.ts";
import { getDelivery, listDeliveries, replayDeliveries, replayDelivery } from "./store.ts";

const tag = "Webhook endpoints";

export const webhookDeliveryEndpoints: readonly Endpoint[] = [
  keyedEndpoint({
    operationId: "listWebhookDeliveries",
    method: "get",
    path: "/webhook-endpoints/{webhookEndpointId}/deliveries",
    permission: "webhooks.read",
    tag,
    summary: "List the deliveries of the last 30 days, the newest first",
    query: deliveryQuery,
    status: 200,
    reply: pageOf(delivery),
    handle: (call) => listDeliveries(call, call.params.webhookEndpointId, call.query),
  }),
  keyedEndpoint({
    operationId: "getWebhookDelivery",
    method: "get",
    path: "/webhook-endpoints/{webhookEndpointId}/deliveries/{deliveryId}",
    permission: "webhooks.read",
    tag,
    summary: "Get a delivery: what is sent, and each attempt with its answer",
    status: 200,
    reply: deliveryDetails,
    handle: (call) => getDelivery(call, call.params.webhookEndpointId, call.params.deliveryId),
  }),
  keyedEndpoint({
    operationId: "replayWebhookDelivery",
    method: "post",
    path: "/webhook-endpoints/{webhookEndpointId}/deliveries/{deliveryId}/replay",
    permission: "webhooks.write",
    tag,
    summary: "Make a delivery again, under the same id",
    description: "One that waits for its next attempt is made at once.",
    status: 204,
    errors: ["operator_required", "webhook_endpoint_disabled"],
    handle: (call) => replayDelivery(call, call.params.webhookEndpointId, call.params.deliveryId),
  }),
  keyedEndpoint({
    operationId: "replayWebhookDeliveries",
    method: "post",
    path: "/webhook-endpoints/{webhookEndpointId}/replay",
    permission: "webhooks.write",
    tag,
    summary: "Tell again of events since a time, or make a range of deliveries again",
    description:
      "By time, events that match the endpoint as it is now and that it was never told of come as well. Each resource's in their order.",
    body: replay,
    status: 200,
    reply: replayed,
    errors: ["operator_required", "webhook_endpoint_disabled"],
    handle: (call) => replayDeliveries(call, call.params.webhookEndpointId, call.body),
  }),
];
