import { Notifications } from "@mantine/notifications";
import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { ApiProblem } from "../api/client.ts";
import { mount } from "../mount.tsx";
import { isSignedOut } from "./api.ts";
import { router } from "./router.ts";
import { sessionQuery } from "./session.ts";
// After the components' own styles, which come with `mount`.
import "@mantine/notifications/styles.css";
import "./console.css";

// Once the session is over, wherever that is noticed, the page asks for a sign-in, and comes back here after it.
const onError = (error: Error) => {
  if (isSignedOut(error)) {
    queries.setQueryData(sessionQuery.queryKey, null);
  }
};
const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    queries: {
      // What the gateway refused it refuses again.
      retry: (failures, error) => failures < 2 && !(error instanceof ApiProblem && error.status < 500),
      staleTime: 5_000,
    },
  },
});
mount(
  <>
    <Notifications position="bottom-right" />
    <RouterProvider router={router} />
  </>,
  queries,
);
