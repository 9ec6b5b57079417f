import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { dataOf } from "../../../api/client.ts";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import { connectionsTexts } from "./texts.ts";

interface UsageProps {
  readonly connectionId: string;
  /** Whether the sessions end by what is asked. */
  readonly ends?: boolean;
}

/** How many people sign in by a connection, and are signed in by it now. */
export function Usage({ connectionId, ends }: UsageProps) {
  const texts = useCatalogue(connectionsTexts).acts;
  const { slug } = useOrganization();
  const usage = useQuery({
    queryKey: ["connections", slug, connectionId, "usage"],
    queryFn: () =>
      dataOf(
        api.GET("/organizations/{org}/connections/{connectionId}/usage", {
          params: { path: { org: slug, connectionId } },
        }),
      ),
    // What is asked for before something ends is asked anew each time.
    staleTime: 0,
  });
  if (usage.isError) {
    return <ProblemAlert error={usage.error} onRetry={() => void usage.refetch()} />;
  }
  if (usage.data === undefined) {
    return <Text>{texts.counting}</Text>;
  }
  const { people, signedIn, sessions } = usage.data;
  return (
    <>
      <Text>{texts.usage(people, signedIn)}</Text>
      {ends === true && <Text>{texts.sessionsEnd(sessions)}</Text>}
    </>
  );
}
