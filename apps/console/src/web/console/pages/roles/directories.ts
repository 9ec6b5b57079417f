import { queryOptions } from "@tanstack/react-query";
import { dataOf } from "../../../api/client.ts";
import { api } from "../../api.ts";

/** The organization's directories: more than a page of them nobody puts in order. */
export const directoriesQuery = (org: string) =>
  queryOptions({
    queryKey: ["directories", org, "first"],
    queryFn: async () => {
      const { items } = await dataOf(
        api.GET("/organizations/{org}/directories", { params: { path: { org }, query: { limit: 100 } } }),
      );
      return items;
    },
  });
