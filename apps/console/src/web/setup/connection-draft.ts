import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { Schemas } from "../api/client.ts";
import { draftQuery, replacedQuery } from "../connecting/versions.ts";
import { useConnection, useSetup } from "./setup-context.tsx";

/** The draft of the connection; null where there is none, as long as nobody signs in by it. */
export function useDraft() {
  const { api, setup } = useSetup();
  const { data: connection } = useConnection();
  const path = { org: setup.organization.id, connectionId: setup.connection.id };
  return useQuery({ ...draftQuery(api, path), enabled: connection?.status === "active" });
}

/** What the last draft took the place of; null where there is nothing to go back to. */
export function useReplaced() {
  const { api, setup } = useSetup();
  const { data: connection } = useConnection();
  const path = { org: setup.organization.id, connectionId: setup.connection.id };
  return useQuery({ ...replacedQuery(api, path), enabled: connection?.status === "active" });
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
