import { Group, Stack } from "@mantine/core";
import { IconUsers } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { dataOf, type Schemas } from "../../../api/client.ts";
import { type Column, DataTable } from "../../../components/data-table.tsx";
import { EmptyState } from "../../../components/empty-state.tsx";
import { type Filter, FilterBar, NothingMatches, useIsFiltered } from "../../../components/filter-bar.tsx";
import { usePage } from "../../../components/paging.tsx";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { linkWith, useSearchParams } from "../../../components/search-params.ts";
import { SidePanel } from "../../../components/side-panel.tsx";
import { StateDot } from "../../../components/state-dot.tsx";
import { Time } from "../../../components/time.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import { DirectoryUserDetails } from "./user-details.tsx";
import { usersTexts } from "./users-texts.ts";

type DirectoryUser = Schemas["DirectoryUser"];

/** Whom the directory pushed, and what became of them. */
export function UsersPage() {
  const texts = useCatalogue(usersTexts);
  const { slug } = useOrganization();
  const { directoryId } = useParams({ from: "/organizations/$org/directories/$directoryId/users" });
  const { params, change } = useSearchParams();
  const filters: Filter[] = [
    { name: "search", label: texts.search },
    {
      name: "active",
      label: texts.state,
      options: [
        { value: "true", label: texts.active },
        { value: "false", label: texts.inactive },
      ],
    },
  ];
  const isFiltered = useIsFiltered(filters);
  const { search, user: selected } = params;
  const active = params.active === "true" || params.active === "false" ? params.active : undefined;
  const page = usePage<DirectoryUser>(["directory-users", slug, directoryId, search, active], (query) =>
    dataOf(
      api.GET("/organizations/{org}/directories/{directoryId}/users", {
        params: {
          path: { org: slug, directoryId },
          query: {
            ...query,
            ...(search === undefined ? {} : { search }),
            ...(active === undefined ? {} : { active }),
          },
        },
      }),
    ),
  );
  const details = useQuery({
    queryKey: ["directory-users", slug, directoryId, "user", selected],
    queryFn: () =>
      dataOf(
        api.GET("/organizations/{org}/directories/{directoryId}/users/{directoryUserId}", {
          params: { path: { org: slug, directoryId, directoryUserId: selected ?? "" } },
        }),
      ),
    enabled: selected !== undefined,
  });
  const columns: Column<DirectoryUser>[] = [
    { key: "user", header: texts.user, cell: ({ userName }) => userName },
    { key: "name", header: texts.name, cell: ({ name }) => name, wideOnly: true },
    { key: "state", header: texts.state, cell: (user) => <ActiveState user={user} />, width: 110 },
    {
      key: "outcome",
      header: texts.outcome,
      cell: (user) => <Outcome user={user} />,
      wideOnly: true,
    },
    {
      key: "changed",
      header: texts.changed,
      cell: ({ lastModified }) => <Time at={lastModified} />,
      width: 130,
      wideOnly: true,
    },
  ];
  return (
    <>
      <FilterBar filters={filters} />
      <DataTable
        label={texts.label}
        page={page}
        columns={columns}
        rowKey={({ id }) => id}
        rowLink={({ id }) => linkWith({ user: id })}
        selected={selected}
        empty={
          isFiltered ? (
            <NothingMatches filters={filters} />
          ) : (
            <EmptyState
              icon={<IconUsers size={20} aria-hidden />}
              title={texts.empty.title}
              text={texts.empty.text}
            />
          )
        }
      />
      <SidePanel
        title={details.data?.userName ?? texts.user}
        opened={selected !== undefined && !details.isPending}
        onClose={() => change({ user: undefined })}
      >
        {details.isError && <ProblemAlert error={details.error} onRetry={() => void details.refetch()} />}
        {details.data !== undefined && (
          <Stack>
            <Group gap="lg">
              <ActiveState user={details.data} />
              <Outcome user={details.data} />
            </Group>
            <DirectoryUserDetails user={details.data} directoryId={directoryId} />
          </Stack>
        )}
      </SidePanel>
    </>
  );
}

function ActiveState({ user: { active } }: { readonly user: DirectoryUser }) {
  const texts = useCatalogue(usersTexts);
  return <StateDot kind={active ? "good" : "neutral"}>{active ? texts.active : texts.inactive}</StateDot>;
}

/** What became of a user, the most urgent first. */
function Outcome({ user }: { readonly user: DirectoryUser }) {
  const texts = useCatalogue(usersTexts);
  if (user.held) {
    return <StateDot kind="warning">{texts.held}</StateDot>;
  }
  if (user.conflicts > 0) {
    return <StateDot kind="warning">{texts.conflict}</StateDot>;
  }
  if (!user.reconciled) {
    return <StateDot kind="neutral">{texts.waiting}</StateDot>;
  }
  if (user.person?.status == null) {
    return <StateDot kind="neutral">{texts.nobody}</StateDot>;
  }
  return user.person.status === "active" ? (
    <StateDot kind="good">{texts.member}</StateDot>
  ) : (
    <StateDot kind="neutral">{texts.suspended}</StateDot>
  );
}
