import { Alert, Button, Skeleton, Text } from "@mantine/core";
import { type InfiniteData, type UseInfiniteQueryResult, useInfiniteQuery } from "@tanstack/react-query";
import { dataOf, type Schemas } from "../../../api/client.ts";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import type { Mapping } from "./roles.ts";
import { rolesTexts } from "./texts.ts";

type Plan = Schemas["AccessPlan"];
export type PlanQuery = UseInfiniteQueryResult<InfiniteData<Plan>>;

const SHOWN = 20;

/** What would become of members' access, page by page; `key` names what is planned. */
export function usePlan(
  key: readonly unknown[],
  load: (query: { readonly limit: number; readonly cursor?: string }) => Promise<Plan>,
  enabled: boolean,
): PlanQuery {
  return useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => load({ limit: SHOWN, ...(pageParam === "" ? {} : { cursor: pageParam }) }),
    initialPageParam: "",
    getNextPageParam: ({ nextCursor }) => nextCursor,
    enabled,
    // A plan is read to decide by: never an old one.
    staleTime: 0,
    gcTime: 0,
  });
}

/** What these mappings in place of all would change; `undefined`: nothing is asked yet. */
export function useMappingsPlan(mappings: readonly Mapping[] | undefined): PlanQuery {
  const { slug } = useOrganization();
  return usePlan(
    ["group-mappings", slug, "plan", mappings],
    (query) =>
      dataOf(
        api.POST("/organizations/{org}/group-mappings/plan", {
          params: { path: { org: slug }, query },
          body: [...(mappings ?? [])],
        }),
      ),
    mappings !== undefined,
  );
}

/** A plan: how many people first, then who gains and loses what. */
export function AccessPlan({ plan }: { readonly plan: PlanQuery }) {
  const texts = useCatalogue(rolesTexts).plan;
  if (plan.isError) {
    return <ProblemAlert error={plan.error} onRetry={() => void plan.refetch()} />;
  }
  const counts = plan.data?.pages[0]?.counts;
  if (plan.data === undefined || counts === undefined) {
    return <Skeleton height={72} />;
  }
  const takes = counts.lose + counts.suspend > 0;
  return (
    <Alert color={takes ? "yellow" : "blue"} variant="light">
      <Text size="md" fw={600}>
        {counts.people === 0 ? texts.nobody : texts.people(counts.people)}
      </Text>
      {(takes || counts.gain + counts.admit > 0) && <Text size="md">{texts.counts(counts)}</Text>}
      <ul className="reasons">
        {plan.data.pages.flatMap(({ items }) =>
          items.map(({ memberId, email, name, suspended, admitted, gains, loses }) => (
            <li key={memberId}>
              {[
                email ?? name ?? texts.unnamed,
                [
                  ...(suspended ? [texts.suspended] : []),
                  ...(admitted ? [texts.admitted] : []),
                  ...gains.map((role) => texts.gains(role)),
                  ...loses.map((role) => texts.loses(role)),
                ].join(", "),
              ]
                .filter((part) => part !== "")
                .join(": ")}
            </li>
          )),
        )}
      </ul>
      {plan.hasNextPage && (
        <Button
          mt="sm"
          size="xs"
          variant="default"
          loading={plan.isFetchingNextPage}
          onClick={() => void plan.fetchNextPage()}
        >
          {texts.more}
        </Button>
      )}
    </Alert>
  );
}
