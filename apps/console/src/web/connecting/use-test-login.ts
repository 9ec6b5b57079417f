import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Api, dataOf, type Schemas } from "../api/client.ts";

/** A test, and who is to sign in: whoever is here, or somebody who is sent its address. */
type StartedTest = Schemas["CreatedTestLogin"] & { readonly by: "myself" | "another" };

const ASK_EVERY_MS = 1_000;

/** Tries a connection out, or its draft, in a window of its own, and follows how that goes. */
export function useTestLogin(
  api: Api,
  path: { readonly org: string; readonly connectionId: string },
  of: "connection" | "draft",
) {
  const [test, setTest] = useState<StartedTest | null>(null);
  const [blocked, setBlocked] = useState(false);
  const params = { path };
  const start = useMutation({
    mutationFn: (_by: StartedTest["by"]) =>
      dataOf(
        of === "connection"
          ? api.POST("/organizations/{org}/connections/{connectionId}/test-logins", { params })
          : api.POST("/organizations/{org}/connections/{connectionId}/draft/test-logins", { params }),
      ),
    onSuccess: (created, by) => {
      setTest({ ...created, by });
      setBlocked(
        by === "myself" && window.open(created.url, "_blank", "popup,width=520,height=760") === null,
      );
    },
  });
  const result = useQuery({
    queryKey: ["test-login", test?.id],
    queryFn: () =>
      dataOf(
        api.GET("/organizations/{org}/connections/{connectionId}/test-logins/{testLoginId}", {
          params: { path: { ...path, testLoginId: test?.id ?? "" } },
        }),
      ),
    enabled: test !== null,
    refetchInterval: ({ state }) => (isOver(state.data) ? false : ASK_EVERY_MS),
  });
  return {
    start,
    test,
    /** The browser has held the window back. */
    blocked,
    result,
    over: result.data !== undefined && isOver(result.data) ? result.data : null,
    /** Settings that have changed were not tested. */
    forget: () => setTest(null),
  };
}

function isOver(test: Schemas["TestLogin"] | undefined): boolean {
  return test?.outcome === "success" || test?.outcome === "failure";
}
