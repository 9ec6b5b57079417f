import { IconUsers } from "@tabler/icons-react";
import { linkOptions } from "@tanstack/react-router";
import { dataOf, type Schemas } from "../../../api/client.ts";
import { CreateButton } from "../../../components/create-button.tsx";
import { type Column, DataTable } from "../../../components/data-table.tsx";
import { EmptyState } from "../../../components/empty-state.tsx";
import { type Filter, FilterBar, NothingMatches, useIsFiltered } from "../../../components/filter-bar.tsx";
import { PageHeader } from "../../../components/page-header.tsx";
import { usePage } from "../../../components/paging.tsx";
import { useSearchParams } from "../../../components/search-params.ts";
import { SidePanel } from "../../../components/side-panel.tsx";
import { StateDot } from "../../../components/state-dot.tsx";
import { Time } from "../../../components/time.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import { useMay } from "../../session.ts";
import { NewMember } from "./new-member.tsx";
import { membersTexts } from "./texts.ts";

type Member = Schemas["Member"];

/** Who belongs to the organization. */
export function MembersPage() {
  const texts = useCatalogue(membersTexts);
  const { slug } = useOrganization();
  const { params, change } = useSearchParams();
  const mayWrite = useMay("members.write");
  const close = () => change({ panel: undefined });
  const filters: Filter[] = [
    { name: "email", label: texts.filters.email },
    {
      name: "status",
      label: texts.filters.status,
      options: [
        { value: "active", label: texts.active },
        { value: "suspended", label: texts.suspended },
        { value: "waiting", label: texts.waiting },
      ],
    },
  ];
  const isFiltered = useIsFiltered(filters);
  const { email, status } = params;
  const page = usePage<Member>(["members", slug, email, status], (query) =>
    dataOf(
      api.GET("/organizations/{org}/members", {
        params: {
          path: { org: slug },
          query: {
            ...query,
            ...(email === undefined ? {} : { email }),
            ...(status === "active" || status === "suspended" || status === "waiting" ? { status } : {}),
          },
        },
      }),
    ),
  );
  const add = mayWrite ? (
    <CreateButton onClick={() => change({ panel: "new" })}>{texts.add}</CreateButton>
  ) : undefined;
  const columns: Column<Member>[] = [
    {
      key: "person",
      header: texts.columns.person,
      cell: ({ email: address, name }) => address ?? name ?? texts.unnamed,
    },
    { key: "name", header: texts.columns.name, cell: ({ name }) => name, wideOnly: true },
    {
      key: "status",
      header: texts.columns.status,
      cell: (member) => <MemberState member={member} />,
      width: 130,
    },
    {
      key: "source",
      header: texts.columns.source,
      cell: ({ source, unmanaged }) => (unmanaged ? texts.unmanaged : texts.source[source]),
      wideOnly: true,
    },
    { key: "roles", header: texts.columns.roles, cell: ({ roles }) => roles.join(", "), wideOnly: true },
    {
      key: "since",
      header: texts.columns.since,
      cell: ({ createdAt }) => <Time at={createdAt} />,
      width: 130,
      wideOnly: true,
    },
  ];
  return (
    <>
      <PageHeader title={texts.title} lead={texts.lead} act={add} />
      <FilterBar filters={filters} />
      <DataTable
        label={texts.title}
        page={page}
        columns={columns}
        rowKey={({ id }) => id}
        rowLink={({ id }) =>
          linkOptions({ to: "/organizations/$org/members/$memberId", params: { org: slug, memberId: id } })
        }
        empty={
          isFiltered ? (
            <NothingMatches filters={filters} />
          ) : (
            <EmptyState
              icon={<IconUsers size={20} aria-hidden />}
              title={texts.empty.title}
              text={texts.empty.text}
              act={add}
            />
          )
        }
      />
      <SidePanel title={texts.form.title} opened={params.panel === "new"} onClose={close}>
        <NewMember />
      </SidePanel>
    </>
  );
}

function MemberState({ member }: { readonly member: Member }) {
  const texts = useCatalogue(membersTexts);
  if (member.status === "waiting") {
    return <StateDot kind="warning">{texts.waiting}</StateDot>;
  }
  return member.status === "active" ? (
    <StateDot kind={member.directory === "ended" ? "warning" : "good"}>{texts.active}</StateDot>
  ) : (
    <StateDot kind="neutral">{texts.suspended}</StateDot>
  );
}
