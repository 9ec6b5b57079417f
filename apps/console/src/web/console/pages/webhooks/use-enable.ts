import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { dataOf } from "../../../api/client.ts";
import { api } from "../../api.ts";

/** Has an endpoint sent to, or not. */
export function useEnable(webhookEndpointId: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (enabled: boolean) =>
      dataOf(
        api.PATCH("/webhook-endpoints/{webhookEndpointId}", {
          params: { path: { webhookEndpointId } },
          body: { enabled },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["webhooks"] }),
    onError: (error) => notifications.show({ color: "red", message: error.message }),
  });
}
