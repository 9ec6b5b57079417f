import { Group, Stack, Text } from "@mantine/core";
import { IconUsersPlus } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { dataOf, type Schemas } from "../../../api/client.ts";
import { ConfirmDanger } from "../../../components/confirm-danger.tsx";
import { type Column, DataTable } from "../../../components/data-table.tsx";
import { DetailList } from "../../../components/detail-list.tsx";
import { EmptyState } from "../../../components/empty-state.tsx";
import { type Filter, FilterBar } from "../../../components/filter-bar.tsx";
import { Id } from "../../../components/id.tsx";
import { usePage } from "../../../components/paging.tsx";
import { linkWith, useSearchParams } from "../../../components/search-params.ts";
import { SidePanel } from "../../../components/side-panel.tsx";
import { Time } from "../../../components/time.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import { useMay } from "../../session.ts";
import { conflictsTexts } from "./conflicts-texts.ts";
import { DirectoriesHeader } from "./directories-header.tsx";

type Conflict = Schemas["Conflict"];
type Party = Conflict["user"];

/** Two who may be one person: nobody is merged until an administrator decides. */
export function ConflictsPage() {
  const texts = useCatalogue(conflictsTexts);
  const { slug } = useOrganization();
  const { params, change } = useSearchParams();
  const filters: Filter[] = [
    {
      name: "status",
      label: texts.state,
      options: [
        { value: "open", label: texts.open },
        { value: "resolved", label: texts.resolved },
      ],
    },
  ];
  const status = params.status === "resolved" ? "resolved" : "open";
  const page = usePage<Conflict>(["conflicts", slug, status], (query) =>
    dataOf(
      api.GET("/organizations/{org}/conflicts", {
        params: { path: { org: slug }, query: { ...query, status } },
      }),
    ),
  );
  const selected = page.data?.items.find(({ id }) => id === params.conflict);
  const close = () => change({ conflict: undefined });
  const columns: Column<Conflict>[] = [
    { key: "claim", header: texts.claim, cell: ({ claim }) => claim },
    { key: "user", header: texts.user, cell: ({ user }) => <PartyName party={user} />, wideOnly: true },
    { key: "other", header: texts.other, cell: ({ other }) => <PartyName party={other} />, wideOnly: true },
    { key: "since", header: texts.since, cell: ({ createdAt }) => <Time at={createdAt} />, width: 130 },
  ];
  return (
    <>
      <DirectoriesHeader />
      <Text c="dimmed" maw={600} mb="md">
        {texts.lead}
      </Text>
      <FilterBar filters={filters} />
      <DataTable
        label={texts.title}
        page={page}
        columns={columns}
        rowKey={({ id }) => id}
        rowLink={({ id }) => linkWith({ conflict: id })}
        selected={selected?.id}
        empty={
          <EmptyState
            icon={<IconUsersPlus size={20} aria-hidden />}
            title={status === "open" ? texts.noneOpen : texts.noneResolved}
            text={texts.whatShows}
          />
        }
      />
      <SidePanel title={selected?.claim ?? texts.title} opened={selected !== undefined} onClose={close}>
        {selected !== undefined && <ConflictPanel conflict={selected} onSettled={close} />}
      </SidePanel>
    </>
  );
}

function PartyName({ party }: { readonly party: Party }) {
  const texts = useCatalogue(conflictsTexts);
  return party.email ?? party.name ?? texts.unnamed;
}

function ConflictPanel({ conflict, onSettled }: { readonly conflict: Conflict; onSettled(): void }) {
  const texts = useCatalogue(conflictsTexts);
  const { slug } = useOrganization();
  const queries = useQueryClient();
  const mayWrite = useMay("conflicts.write");
  const resolve = useMutation({
    mutationFn: (action: Conflict["actions"][number]) =>
      dataOf(
        api.POST("/organizations/{org}/conflicts/{conflictId}/resolve", {
          params: { path: { org: slug, conflictId: conflict.id } },
          body: { action },
        }),
      ),
    onSuccess: async () => {
      onSettled();
      await queries.invalidateQueries({ queryKey: ["conflicts", slug] });
      await queries.invalidateQueries({ queryKey: ["members", slug] });
    },
  });
  return (
    <Stack>
      <Text>{texts.shownBy[conflict.shownBy]}</Text>
      <PartyDetails title={texts.user} party={conflict.user} />
      <PartyDetails title={texts.other} party={conflict.other} />
      {mayWrite && conflict.resolvedAt === null && (
        <Group>
          <ConfirmDanger
            label={texts.link}
            title={texts.linkTitle}
            effect={texts.linkEffect(conflict.user.identities, conflict.user.directoryUsers)}
            act={texts.link}
            run={() => resolve.mutateAsync("link")}
          />
          <ConfirmDanger
            label={texts.keepApart}
            title={texts.keepApartTitle}
            effect={texts.keepApartEffect}
            act={texts.keepApart}
            run={() => resolve.mutateAsync("keepApart")}
          />
        </Group>
      )}
    </Stack>
  );
}

function PartyDetails({ title, party }: { readonly title: string; readonly party: Party }) {
  const texts = useCatalogue(conflictsTexts);
  return (
    <section aria-label={title}>
      <Text fw={600} mb="xs">
        {title}
      </Text>
      <DetailList
        items={[
          [texts.person, <PartyName key="name" party={party} />],
          [texts.name, party.name ?? texts.unnamed],
          [texts.membership, party.status === null ? texts.noMember : texts.status[party.status]],
          [texts.identities, party.identities],
          [texts.directoryUsers, party.directoryUsers],
          [texts.id, <Id key="id" value={party.userId} />],
        ]}
      />
    </section>
  );
}
