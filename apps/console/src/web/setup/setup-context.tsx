import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, use } from "react";
import { type Api, ApiProblem, dataOf, type Schemas, type Setup } from "../api/client.ts";
import { productOf } from "../guides/products.ts";
import { useTexts } from "../texts/texts.tsx";
import { type Progress, parseProgress } from "./progress.ts";

interface SetupContext {
  readonly api: Api;
  readonly setup: Setup;
  readonly progress: Progress;
  /** Remembers a part of the progress, here and at the gateway. */
  remember(part: Progress): void;
  /** Goes to a step. */
  go(step: string): void;
}

export const SetupContext = createContext<SetupContext | null>(null);

export function useSetup(): SetupContext {
  const context = use(SetupContext);
  if (context === null) {
    throw new Error("Only within a setup page");
  }
  return context;
}

export function useStoredSetup(api: Api) {
  return useQuery({
    queryKey: ["setup"],
    queryFn: () => dataOf(api.GET("/setup")),
    retry: (count, error) => count < 2 && !(error instanceof ApiProblem && error.status === 401),
  });
}

export function useRemember(api: Api, setup: Setup | undefined) {
  const queries = useQueryClient();
  const save = useMutation({
    mutationFn: (progress: Progress) => dataOf(api.PUT("/setup/progress", { body: { progress } })),
  });
  return (part: Progress) => {
    const progress = { ...parseProgress(setup?.progress), ...part };
    queries.setQueryData<Setup>(["setup"], (stored) =>
      stored === undefined ? stored : { ...stored, progress },
    );
    save.mutate(progress);
  };
}

/** The connection that this link makes; null as long as there is none. */
export function useConnection() {
  const { api, setup } = useSetup();
  const path = { org: setup.organization.id, connectionId: setup.connection.id };
  return useQuery({
    queryKey: ["connection", path.connectionId],
    queryFn: async (): Promise<Schemas["Connection"] | null> => {
      try {
        return await dataOf(api.GET("/organizations/{org}/connections/{connectionId}", { params: { path } }));
      } catch (error) {
        if (error instanceof ApiProblem && error.status === 404) {
          return null;
        }
        throw error;
      }
    },
    enabled: setup.permissions.includes("connections.read"),
  });
}

/** The product that was chosen. */
export function useProduct() {
  const { progress } = useSetup();
  return progress.product === undefined ? undefined : productOf(progress.product);
}

/** What to call the product that was chosen. */
export function useProductName(): string {
  const texts = useTexts();
  return useProduct()?.name || texts.provider.genericName;
}
