import { Text } from "@mantine/core";
import { IconHandStop } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { dataOf } from "../../../api/client.ts";
import { type Column, DataTable } from "../../../components/data-table.tsx";
import { EmptyState } from "../../../components/empty-state.tsx";
import { type Filter, FilterBar, NothingMatches, useIsFiltered } from "../../../components/filter-bar.tsx";
import { usePage } from "../../../components/paging.tsx";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { linkWith, useSearchParams } from "../../../components/search-params.ts";
import { SidePanel } from "../../../components/side-panel.tsx";
import { Time } from "../../../components/time.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import { type HeldChange, HeldChangePanel, HeldState, ownerOf } from "./held-change-panel.tsx";
import { rolesTexts } from "./texts.ts";

const STATUSES = ["held", "confirmed", "rejected", "withdrawn"] as const;

/** What directories, and signals of identity providers, would take from more people at once than guards let through. */
export function HeldChangesPage() {
  const texts = useCatalogue(rolesTexts).held;
  const { slug } = useOrganization();
  const { params, change } = useSearchParams();
  const filters: Filter[] = [
    {
      name: "status",
      label: texts.state,
      options: STATUSES.map((value) => ({ value, label: texts.status[value] })),
    },
  ];
  const isFiltered = useIsFiltered(filters);
  const status = STATUSES.find((one) => one === params.status);
  const page = usePage<HeldChange>(["held-changes", slug, "list", status], (query) =>
    dataOf(
      api.GET("/organizations/{org}/held-changes", {
        params: { path: { org: slug }, query: { ...query, ...(status === undefined ? {} : { status }) } },
      }),
    ),
  );
  const columns: Column<HeldChange>[] = [
    { key: "of", header: texts.of, cell: ownerOf },
    { key: "state", header: texts.state, cell: (held) => <HeldState held={held} />, width: 180 },
    { key: "people", header: texts.people, cell: ({ people }) => people, align: "right", width: 90 },
    {
      key: "suspended",
      header: texts.suspended,
      cell: ({ suspended }) => suspended,
      align: "right",
      width: 160,
      wideOnly: true,
    },
    {
      key: "since",
      header: texts.since,
      cell: ({ createdAt }) => <Time at={createdAt} />,
      width: 130,
      wideOnly: true,
    },
  ];
  return (
    <>
      <Text c="dimmed" maw={600} mb="md">
        {texts.lead}
      </Text>
      <FilterBar filters={filters} />
      <DataTable
        label={texts.label}
        page={page}
        columns={columns}
        rowKey={({ id }) => id}
        rowLink={({ id }) => linkWith({ held: id })}
        selected={params.held}
        empty={
          isFiltered ? (
            <NothingMatches filters={filters} />
          ) : (
            <EmptyState
              icon={<IconHandStop size={20} aria-hidden />}
              title={texts.empty.title}
              text={texts.empty.text}
            />
          )
        }
      />
      <SidePanel
        title={texts.panel}
        opened={params.held !== undefined}
        onClose={() => change({ held: undefined })}
      >
        {params.held !== undefined && <Selected key={params.held} id={params.held} />}
      </SidePanel>
    </>
  );
}

/** By its id, since a link may lead to one that is on a later page of the list. */
function Selected({ id }: { readonly id: string }) {
  const { slug } = useOrganization();
  const held = useQuery({
    queryKey: ["held-changes", slug, id],
    queryFn: () =>
      dataOf(
        api.GET("/organizations/{org}/held-changes/{heldChangeId}", {
          params: { path: { org: slug, heldChangeId: id } },
        }),
      ),
  });
  if (held.isError) {
    return <ProblemAlert error={held.error} onRetry={() => void held.refetch()} />;
  }
  return held.data === undefined ? null : <HeldChangePanel held={held.data} />;
}
