import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ApiProblem, dataOf, type Schemas } from "../api/client.ts";
import { useConnection, useSetup } from "./setup-context.tsx";

// A connection that people sign in by is changed by a draft: what is entered waits beside it until it has passed a test.

/** The draft of the connection; null where there is none, as long as nobody signs in by it. */
export function useDraft() {
  const { api, setup } = useSetup();
  const { data: connection } = useConnection();
  const path = { org: setup.organization.id, connectionId: setup.connection.id };
  return useQuery({
    queryKey: ["draft", path.connectionId],
    queryFn: (): Promise<Schemas["ConnectionDraft"] | null> =>
      orNull(dataOf(api.GET("/organizations/{org}/connections/{connectionId}/draft", { params: { path } }))),
    enabled: connection?.status === "active",
  });
}

/** What the last draft took the place of; null where there is nothing to go back to. */
export function useReplaced() {
  const { api, setup } = useSetup();
  const { data: connection } = useConnection();
  const path = { org: setup.organization.id, connectionId: setup.connection.id };
  return useQuery({
    queryKey: ["replaced", path.connectionId],
    queryFn: (): Promise<Schemas["ReplacedSettings"] | null> =>
      orNull(
        dataOf(
          api.GET("/organizations/{org}/connections/{connectionId}/replaced-settings", { params: { path } }),
        ),
      ),
    enabled: connection?.status === "active",
  });
}

/** Has everything that is shown of the connection read anew. */
export function useConnectionChanged() {
  const queries = useQueryClient();
  const { setup } = useSetup();
  return (saved: Schemas["Connection"]) => {
    queries.setQueryData(["connection", setup.connection.id], saved);
    return Promise.all(
      ["draft", "replaced"].map((name) =>
        queries.invalidateQueries({ queryKey: [name, setup.connection.id] }),
      ),
    );
  };
}

async function orNull<Data>(answer: Promise<Data>): Promise<Data | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) {
      return null;
    }
    throw error;
  }
}
