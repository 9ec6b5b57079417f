import { IconApps } from "@tabler/icons-react";
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
import { NewApplication } from "./new-application.tsx";
import { applicationsTexts } from "./texts.ts";

type Application = Schemas["Application"];

/** The apps that people sign in to. */
export function ApplicationsPage() {
  const texts = useCatalogue(applicationsTexts);
  const { params, change } = useSearchParams();
  const page = usePage<Application>(["applications"], (query) =>
    dataOf(api.GET("/applications", { params: { query } })),
  );
  const create = useMay("applications.write") ? (
    <CreateButton onClick={() => change({ panel: "new" })}>{texts.create}</CreateButton>
  ) : undefined;
  const columns: Column<Application>[] = [
    { key: "name", header: texts.columns.name, cell: ({ name }) => name },
    {
      key: "clientId",
      header: texts.columns.clientId,
      cell: ({ clientId }) => <code>{clientId}</code>,
      wideOnly: true,
    },
    {
      key: "kind",
      header: texts.columns.kind,
      cell: (application) => (application.public ? texts.public : texts.confidential),
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
        rowLink={({ id }) =>
          linkOptions({ to: "/applications/$applicationId", params: { applicationId: id } })
        }
        empty={
          <EmptyState
            icon={<IconApps size={20} aria-hidden />}
            title={texts.empty.title}
            text={texts.empty.text}
            act={create}
          />
        }
      />
      <SidePanel
        title={texts.create}
        opened={params.panel === "new"}
        onClose={() => change({ panel: undefined })}
      >
        <NewApplication />
      </SidePanel>
    </>
  );
}
