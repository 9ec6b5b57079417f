import { Button, Group } from "@mantine/core";
import { keepPreviousData, type UseQueryResult, useQuery } from "@tanstack/react-query";
import { useRouterState } from "@tanstack/react-router";
import { useCatalogue } from "../texts/language.tsx";
import { useSearchParams } from "./search-params.ts";
import { componentTexts } from "./texts.ts";

/** One page of a list, as the management API answers it. */
export interface Page<Row> {
  readonly items: readonly Row[];
  readonly nextCursor: string | null;
}

export const PAGE_SIZE = 50;

/**
 * The page of a list that the address names by its `cursor`. `key` names the list with its filters. While the next page
 * is loaded the one before stays, so that nothing jumps.
 * @param refreshMs how often it is read anew while it is shown, where it changes by itself
 */
export function usePage<Row>(
  key: readonly unknown[],
  load: (page: { readonly limit: number; readonly cursor?: string }) => Promise<Page<Row>>,
  refreshMs?: number,
): UseQueryResult<Page<Row>> {
  const { cursor } = useSearchParams().params;
  return useQuery({
    queryKey: [...key, { cursor }],
    queryFn: () => load({ limit: PAGE_SIZE, ...(cursor === undefined ? {} : { cursor }) }),
    placeholderData: keepPreviousData,
    refetchInterval: refreshMs ?? false,
  });
}

declare module "@tanstack/react-router" {
  interface HistoryState {
    /** The cursors of the pages before this one, the first page's being "". */
    readonly trail?: readonly string[];
  }
}

/** Onwards and back through a list. The API's cursors only lead onwards, so the way back is kept in the history. */
export function Pager({ nextCursor }: { readonly nextCursor: string | null }) {
  const texts = useCatalogue(componentTexts);
  const { params, change } = useSearchParams();
  const { cursor } = params;
  const trail = useRouterState({ select: (state) => state.location.state.trail }) ?? [];
  if (cursor === undefined && nextCursor === null) {
    return null;
  }
  return (
    <Group justify="flex-end" gap="xs" mt="sm">
      {cursor !== undefined && (
        <Button
          size="xs"
          variant="default"
          onClick={() => change({ cursor: trail.at(-1) || undefined }, trail.slice(0, -1))}
        >
          {trail.length === 0 ? texts.firstPage : texts.previous}
        </Button>
      )}
      {nextCursor !== null && (
        <Button
          size="xs"
          variant="default"
          onClick={() => change({ cursor: nextCursor }, [...trail, cursor ?? ""])}
        >
          {texts.next}
        </Button>
      )}
    </Group>
  );
}
