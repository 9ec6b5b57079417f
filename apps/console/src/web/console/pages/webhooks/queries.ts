import { queryOptions } from "@tanstack/react-query";
import { dataOf, type Schemas } from "../../../api/client.ts";
import { api } from "../../api.ts";

export type Endpoint = Schemas["WebhookEndpoint"];
export type EndpointDetails = Schemas["WebhookEndpointDetails"];
export type Delivery = Schemas["WebhookDelivery"];

export const endpointQuery = (webhookEndpointId: string) =>
  queryOptions({
    queryKey: ["webhooks", webhookEndpointId],
    queryFn: () =>
      dataOf(api.GET("/webhook-endpoints/{webhookEndpointId}", { params: { path: { webhookEndpointId } } })),
  });

/** Every type of events there is. It changes with the gateway's version alone. */
export const eventTypesQuery = queryOptions({
  queryKey: ["event-types"],
  queryFn: () => dataOf(api.GET("/event-types")),
  staleTime: Number.POSITIVE_INFINITY,
});

/** An address as people know it: without what all of them have. */
export function shortUrl(url: string): string {
  return url.replace(/^https?:\/\//, "").replace(/\/$/, "");
}
