import { queryOptions } from "@tanstack/react-query";
import { type Api, ApiProblem, dataOf, type Schemas } from "../api/client.ts";

// A connection that people sign in by is changed by a draft: what is entered waits beside it until it has passed a test.

interface ConnectionPath {
  readonly org: string;
  readonly connectionId: string;
}

/** The draft of a connection; null where there is none. */
export const draftQuery = (api: Api, path: ConnectionPath) =>
  queryOptions({
    queryKey: ["draft", path.connectionId],
    queryFn: (): Promise<Schemas["ConnectionDraft"] | null> =>
      orNull(dataOf(api.GET("/organizations/{org}/connections/{connectionId}/draft", { params: { path } }))),
  });

/** What the last draft took the place of; null where there is nothing to go back to. */
export const replacedQuery = (api: Api, path: ConnectionPath) =>
  queryOptions({
    queryKey: ["replaced", path.connectionId],
    queryFn: (): Promise<Schemas["ReplacedSettings"] | null> =>
      orNull(
        dataOf(
          api.GET("/organizations/{org}/connections/{connectionId}/replaced-settings", { params: { path } }),
        ),
      ),
  });

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
