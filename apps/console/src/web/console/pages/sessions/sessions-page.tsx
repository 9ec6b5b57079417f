import { IconDevices } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { dataOf, type Schemas } from "../../../api/client.ts";
import { ConfirmDanger } from "../../../components/confirm-danger.tsx";
import { type Column, DataTable } from "../../../components/data-table.tsx";
import { EmptyState } from "../../../components/empty-state.tsx";
import { type Filter, FilterBar, NothingMatches, useIsFiltered } from "../../../components/filter-bar.tsx";
import { PageHeader } from "../../../components/page-header.tsx";
import { usePage } from "../../../components/paging.tsx";
import { linkWith, useSearchParams } from "../../../components/search-params.ts";
import { SidePanel } from "../../../components/side-panel.tsx";
import { Time } from "../../../components/time.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import { useMay } from "../../session.ts";
import { SessionDetails } from "./session-details.tsx";
import { SessionState } from "./session-state.tsx";
import { sessionsTexts } from "./texts.ts";

type Session = Schemas["Session"];

/** Who is signed in to the organization, and who was. */
export function SessionsPage() {
  const texts = useCatalogue(sessionsTexts);
  const { slug } = useOrganization();
  const { params, change } = useSearchParams();
  const mayEnd = useMay("sessions.write");
  const filters: Filter[] = [
    {
      name: "live",
      label: texts.filters.live,
      options: [
        { value: "true", label: texts.live },
        { value: "false", label: `${texts.expired}, ${texts.revoked.toLowerCase()}` },
      ],
    },
    { name: "userId", label: texts.filters.user },
  ];
  const isFiltered = useIsFiltered(filters);
  const { live, userId } = params;
  const page = usePage<Session>(["sessions", slug, live, userId], (query) =>
    dataOf(
      api.GET("/organizations/{org}/sessions", {
        params: {
          path: { org: slug },
          query: {
            ...query,
            ...(live === "true" || live === "false" ? { live } : {}),
            ...(userId === undefined ? {} : { userId }),
          },
        },
      }),
    ),
  );
  const nameOf = useConnectionNames();
  const columns: Column<Session>[] = [
    {
      key: "person",
      header: texts.columns.person,
      cell: ({ user }) => user.email ?? user.name ?? texts.unnamed,
    },
    {
      key: "connection",
      header: texts.columns.connection,
      cell: ({ connectionId }) => nameOf(connectionId),
      wideOnly: true,
    },
    {
      key: "state",
      header: texts.columns.state,
      cell: (session) => <SessionState session={session} />,
      width: 140,
    },
    {
      key: "began",
      header: texts.columns.began,
      cell: ({ createdAt }) => <Time at={createdAt} />,
      width: 140,
    },
    {
      key: "ends",
      header: texts.columns.ends,
      cell: ({ revokedAt, expiresAt }) => <Time at={revokedAt ?? expiresAt} />,
      width: 140,
      wideOnly: true,
    },
  ];
  const selected = page.data?.items.find(({ id }) => id === params.session);
  return (
    <>
      <PageHeader title={texts.title} lead={texts.lead} />
      <FilterBar filters={filters} />
      <DataTable
        label={texts.title}
        page={page}
        columns={columns}
        rowKey={({ id }) => id}
        rowLink={({ id }) => linkWith({ session: id })}
        selected={params.session}
        {...(mayEnd ? { acts: (session: Session) => <EndSession session={session} /> } : {})}
        empty={
          isFiltered ? (
            <NothingMatches filters={filters} />
          ) : (
            <EmptyState
              icon={<IconDevices size={20} aria-hidden />}
              title={texts.empty.title}
              text={texts.empty.text}
            />
          )
        }
      />
      <SidePanel
        title={selected?.user.email ?? texts.title}
        opened={selected !== undefined}
        onClose={() => change({ session: undefined })}
      >
        {selected !== undefined && (
          <SessionDetails session={selected} connection={nameOf(selected.connectionId)} />
        )}
      </SidePanel>
    </>
  );
}

/** The organization's connections by id: there are few. */
function useConnectionNames(): (id: string) => string {
  const texts = useCatalogue(sessionsTexts);
  const { slug } = useOrganization();
  const mayRead = useMay("connections.read");
  const { data } = useQuery({
    queryKey: ["connections", slug, "names"],
    queryFn: () =>
      dataOf(
        api.GET("/organizations/{org}/connections", {
          params: { path: { org: slug }, query: { limit: 100 } },
        }),
      ),
    enabled: mayRead,
  });
  const names = new Map(data?.items.map(({ id, name }) => [id, name]));
  return (id) => (data === undefined ? "" : (names.get(id) ?? texts.gone));
}

function EndSession({ session }: { readonly session: Session }) {
  const texts = useCatalogue(sessionsTexts);
  const { slug } = useOrganization();
  const queries = useQueryClient();
  const end = useMutation({
    mutationFn: () =>
      dataOf(
        api.DELETE("/organizations/{org}/sessions/{sessionId}", {
          params: { path: { org: slug, sessionId: session.id } },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["sessions", slug] }),
  });
  if (!session.live) {
    return null;
  }
  return (
    <ConfirmDanger
      label={texts.end}
      button={{ size: "compact-xs" }}
      title={texts.endTitle(session.user.email ?? session.user.name ?? texts.unnamed)}
      effect={texts.endEffect}
      act={texts.end}
      run={() => end.mutateAsync()}
    />
  );
}
