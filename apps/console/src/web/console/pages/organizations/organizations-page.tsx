import { IconBuilding } from "@tabler/icons-react";
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
import { useMay } from "../../session.ts";
import { attention, LATE_SECONDS } from "../overview/attention.ts";
import { overviewTexts } from "../overview/texts.ts";
import { NewOrganization } from "./new-organization.tsx";
import { organizationsTexts } from "./texts.ts";

type Health = Schemas["OrganizationHealth"];

/** Every organization of the gateway with how it is, and the way to a new one. */
export function OrganizationsPage() {
  const texts = useCatalogue(organizationsTexts);
  const { params, change } = useSearchParams();
  const { search } = params;
  const show = (panel: "new" | undefined) => change({ panel });
  const filters: Filter[] = [{ name: "search", label: texts.search }];
  const isFiltered = useIsFiltered(filters);
  const page = usePage<Health>(["organizations", "health", search], (query) =>
    dataOf(
      api.GET("/health/organizations", {
        params: { query: { ...query, ...(search === undefined ? {} : { search }) } },
      }),
    ),
  );
  const create = useMay("organizations.create") ? (
    <CreateButton onClick={() => show("new")}>{texts.create}</CreateButton>
  ) : undefined;
  const columns: Column<Health>[] = [
    { key: "name", header: texts.columns.name, cell: ({ organization }) => organization.name },
    {
      key: "domains",
      header: texts.columns.domains,
      cell: ({ organization: { domains } }) =>
        domains[0] === undefined ? texts.noDomains : texts.domains(domains[0], domains.length - 1),
      wideOnly: true,
    },
    {
      key: "connections",
      header: texts.columns.connections,
      cell: ({ connections }) => <Connections connections={connections} />,
      width: 130,
      wideOnly: true,
    },
    {
      key: "lastLogin",
      header: texts.columns.lastLogin,
      cell: ({ lastLoginAt }) => (lastLoginAt === null ? texts.never : <Time at={lastLoginAt} />),
      width: 130,
      wideOnly: true,
    },
    {
      key: "directories",
      header: texts.columns.directories,
      cell: ({ directory }) => <Directories directory={directory} />,
      width: 130,
      wideOnly: true,
    },
    {
      key: "attention",
      header: texts.columns.attention,
      cell: (health) => <Worst health={health} />,
      wrap: true,
      width: 260,
    },
  ];
  return (
    <>
      <PageHeader title={texts.title} lead={texts.lead} act={create} />
      <FilterBar filters={filters} />
      <DataTable
        label={texts.title}
        page={page}
        columns={columns}
        rowKey={({ organization }) => organization.id}
        rowLink={({ organization }) =>
          linkOptions({ to: "/organizations/$org", params: { org: organization.slug } })
        }
        empty={
          isFiltered ? (
            <NothingMatches filters={filters} />
          ) : (
            <EmptyState
              icon={<IconBuilding size={20} aria-hidden />}
              title={texts.empty.title}
              text={texts.empty.text}
              act={create}
            />
          )
        }
      />
      <SidePanel title={texts.form.title} opened={params.panel === "new"} onClose={() => show(undefined)}>
        <NewOrganization />
      </SidePanel>
    </>
  );
}

function Connections({ connections: { active, disabled, failing } }: Pick<Health, "connections">) {
  const texts = useCatalogue(organizationsTexts);
  if (failing.length > 0) {
    return <StateDot kind="bad">{texts.failing(failing.length)}</StateDot>;
  }
  if (active > 0) {
    return <StateDot kind="good">{texts.active(active)}</StateDot>;
  }
  return disabled > 0 ? <StateDot kind="neutral">{texts.disabled(disabled)}</StateDot> : texts.none;
}

function Directories({ directory: { active, disabled, pending, lagSeconds } }: Pick<Health, "directory">) {
  const texts = useCatalogue(organizationsTexts);
  if (lagSeconds > LATE_SECONDS) {
    return <StateDot kind="bad">{texts.waiting(pending)}</StateDot>;
  }
  if (active > 0) {
    return <StateDot kind="good">{texts.active(active)}</StateDot>;
  }
  return disabled > 0 ? <StateDot kind="neutral">{texts.disabled(disabled)}</StateDot> : texts.none;
}

/** A row has room for one finding; the organization's overview tells them all. */
function Worst({ health }: { readonly health: Health }) {
  const texts = useCatalogue(organizationsTexts);
  const [worst, ...others] = attention(health.organization.slug, health, [], useCatalogue(overviewTexts));
  if (worst === undefined) {
    return texts.nothing;
  }
  return (
    <StateDot kind={worst.kind}>
      <span>
        {worst.text}
        {others.length > 0 && texts.more(others.length)}
      </span>
    </StateDot>
  );
}
