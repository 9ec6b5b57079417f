import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { createContext, use } from "react";
import { dataOf, type Schemas } from "../api/client.ts";
import { api } from "./api.ts";

export type OrganizationDetails = Schemas["Organization"];

/** An organization by its slug or id. */
export const organizationQuery = (org: string) =>
  queryOptions({
    queryKey: ["organization", org],
    queryFn: () => dataOf(api.GET("/organizations/{org}", { params: { path: { org } } })),
  });

export const OrganizationContext = createContext<OrganizationDetails | null>(null);

/** The organization whose pages these are. */
export function useOrganization(): OrganizationDetails {
  const organization = use(OrganizationContext);
  if (organization === null) {
    throw new Error("Only below /organizations/$org");
  }
  return organization;
}

/** Saves changes of the organization that is shown. */
export function useUpdateOrganization() {
  const { slug } = useOrganization();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["OrganizationPatch"]) =>
      dataOf(api.PATCH("/organizations/{org}", { params: { path: { org: slug } }, body })),
    onSuccess: (saved) => {
      queries.setQueryData(organizationQuery(saved.slug).queryKey, saved);
      return queries.invalidateQueries({ queryKey: ["organizations"] });
    },
  });
}
