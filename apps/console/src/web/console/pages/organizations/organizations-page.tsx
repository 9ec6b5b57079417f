import { IconBuilding } from "@tabler/icons-react";
import { linkOptions } from "@tanstack/react-router";
import { dataOf, type Schemas } from "../../../api/client.ts";
import { CreateButton } from "../../../components/create-button.tsx";
import { type Column, DataTable } from "../../../components/data-table.tsx";
import { EmptyState } from "../../../components/empty-state.tsx";
import { PageHeader } from "../../../components/page-header.tsx";
import { usePage } from "../../../components/paging.tsx";
import { useSearchParams } from "../../../components/search-params.ts";
import { SidePanel } from "../../../components/side-panel.tsx";
import { Time } from "../../../components/time.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useMay } from "../../session.ts";
import { NewOrganization } from "./new-organization.tsx";
import { organizationsTexts } from "./texts.ts";

type Organization = Schemas["Organization"];

/** Every organization of the gateway, and the way to a new one. */
export function OrganizationsPage() {
  const texts = useCatalogue(organizationsTexts);
  const { params, change } = useSearchParams();
  const show = (panel: "new" | undefined) => change({ panel });
  const page = usePage<Organization>(["organizations"], (query) =>
    dataOf(api.GET("/organizations", { params: { query } })),
  );
  const create = useMay("organizations.create") ? (
    <CreateButton onClick={() => show("new")}>{texts.create}</CreateButton>
  ) : undefined;
  const columns: Column<Organization>[] = [
    { key: "name", header: texts.columns.name, cell: ({ name }) => name },
    { key: "slug", header: texts.columns.slug, cell: ({ slug }) => <code>{slug}</code>, wideOnly: true },
    {
      key: "domains",
      header: texts.columns.domains,
      cell: ({ domains }) => (domains.length === 0 ? texts.noDomains : domains.join(", ")),
    },
    {
      key: "signIn",
      header: texts.columns.signIn,
      cell: ({ signIn }) => texts.signIn[signIn],
      wideOnly: true,
    },
    {
      key: "created",
      header: texts.columns.created,
      cell: ({ createdAt }) => <Time at={createdAt} />,
      width: 140,
      wideOnly: true,
    },
  ];
  return (
    <>
      <PageHeader title={texts.title} lead={texts.lead} act={create} />
      <DataTable
        label={texts.title}
        page={page}
        columns={columns}
        rowKey={({ id }) => id}
        rowLink={({ slug }) => linkOptions({ to: "/organizations/$org", params: { org: slug } })}
        empty={
          <EmptyState
            icon={<IconBuilding size={20} aria-hidden />}
            title={texts.empty.title}
            text={texts.empty.text}
            act={create}
          />
        }
      />
      <SidePanel title={texts.form.title} opened={params.panel === "new"} onClose={() => show(undefined)}>
        <NewOrganization />
      </SidePanel>
    </>
  );
}
