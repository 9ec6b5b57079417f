import { useMutation, useQueryClient } from "@tanstack/react-query";
import { dataOf, type Schemas } from "../../../api/client.ts";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import { useConnection } from "./connection.ts";

/** Saves changes of the connection that is shown. */
export function useUpdateConnection() {
  const { slug } = useOrganization();
  const { id } = useConnection();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["ConnectionPatch"]) =>
      dataOf(
        api.PATCH("/organizations/{org}/connections/{connectionId}", {
          params: { path: { org: slug, connectionId: id } },
          body,
        }),
      ),
    onSuccess: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ["connections", slug] }),
        queries.invalidateQueries({ queryKey: ["overview", slug] }),
        queries.invalidateQueries({ queryKey: ["sessions", slug] }),
      ]),
  });
}
