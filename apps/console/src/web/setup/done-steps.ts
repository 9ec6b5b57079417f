import { useQuery } from "@tanstack/react-query";
import { dataOf } from "../api/client.ts";
import { useConnection, useSetup } from "./setup-context.tsx";
import type { StepName } from "./steps.tsx";

/** Which steps are done, as the gateway has it. Those that it has not answered for yet are left out. */
export function useDoneSteps(): Partial<Record<StepName, boolean>> {
  const { api, setup, progress } = useSetup();
  const { data: connection } = useConnection();
  const org = setup.organization.id;
  const { directoryId } = progress;
  const has = (intent: string) => setup.link.intents.includes(intent);
  const domains = useQuery({
    queryKey: ["domains"],
    queryFn: () =>
      dataOf(api.GET("/organizations/{org}/domains", { params: { path: { org }, query: { limit: 100 } } })),
    enabled: has("domain"),
    refetchOnMount: "always",
  });
  const pushed = useQuery({
    queryKey: ["pushed", directoryId],
    queryFn: () =>
      dataOf(
        api.GET("/organizations/{org}/directories/{directoryId}/scim-requests", {
          params: { path: { org, directoryId: directoryId ?? "" }, query: { limit: 1, status: "2xx" } },
        }),
      ),
    enabled: directoryId !== undefined,
    refetchOnMount: "always",
  });
  const mappings = useQuery({
    queryKey: ["group-mappings"],
    queryFn: () => dataOf(api.GET("/organizations/{org}/group-mappings", { params: { path: { org } } })),
    enabled: directoryId !== undefined,
  });
  const claimed = domains.data?.items ?? [];
  return {
    provider: progress.product !== undefined,
    guide: progress.guideDone === true,
    connect: connection != null,
    test: connection?.status === "active",
    domain: claimed.length > 0 && claimed.every(({ verified }) => verified),
    directory: (pushed.data?.items.length ?? 0) > 0,
    groups: (mappings.data?.items.length ?? 0) > 0,
  };
}
