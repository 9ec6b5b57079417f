import { queryOptions } from "@tanstack/react-query";
import { dataOf, type Schemas } from "../../../api/client.ts";
import { api } from "../../api.ts";

export type Role = Schemas["Role"];
export type Mapping = Schemas["GroupMapping"];
export type Match = NonNullable<Mapping["match"]>;

// As many as the API gives on one page.
const MOST = 200;

/** Every role of the organization, to choose from. */
export const allRolesQuery = (org: string) =>
  queryOptions({
    queryKey: ["roles", org, "all"],
    queryFn: async () => {
      const roles: Role[] = [];
      let cursor: string | null | undefined;
      while (cursor !== null) {
        const query = { limit: MOST, ...(cursor === undefined ? {} : { cursor }) };
        const page: { items: Role[]; nextCursor: string | null } = await dataOf(
          api.GET("/organizations/{org}/roles", { params: { path: { org }, query } }),
        );
        roles.push(...page.items);
        cursor = page.nextCursor;
      }
      return roles;
    },
  });

/** Which groups give which roles. */
export const mappingsQuery = (org: string) =>
  queryOptions({
    queryKey: ["group-mappings", org],
    queryFn: async () => {
      const { items } = await dataOf(
        api.GET("/organizations/{org}/group-mappings", { params: { path: { org } } }),
      );
      return items;
    },
  });

/** Names of groups that the organization's directories were pushed: of the first few, to be suggested. */
export const groupNamesQuery = (org: string) =>
  queryOptions({
    queryKey: ["directory-groups", org, "names"],
    queryFn: async () => {
      const directories = await dataOf(
        api.GET("/organizations/{org}/directories", { params: { path: { org }, query: { limit: 10 } } }),
      );
      const groups = await Promise.all(
        directories.items.map(({ id }) =>
          dataOf(
            api.GET("/organizations/{org}/directories/{directoryId}/groups", {
              params: { path: { org, directoryId: id }, query: { limit: MOST } },
            }),
          ),
        ),
      );
      return [...new Set(groups.flatMap(({ items }) => items.map(({ name }) => name)))].sort();
    },
  });

/** A mapping as one word, to tell it from others. The gateway compares groups in any case. */
export function mappingKey({ group, role, match = "exact", directory }: Mapping): string {
  return JSON.stringify([group.toLowerCase(), role, match, directory]);
}
