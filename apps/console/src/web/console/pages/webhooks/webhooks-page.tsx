import { IconWebhook } from "@tabler/icons-react";
import { dataOf } from "../../../api/client.ts";
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
import { EndpointState } from "./endpoint-state.tsx";
import { NewWebhook } from "./new-webhook.tsx";
import { endpointLink, useOwner } from "./owner.ts";
import { type Endpoint, shortUrl } from "./queries.ts";
import { webhooksTexts } from "./texts.ts";

/** Who is told of events. */
export function WebhooksPage() {
  const texts = useCatalogue(webhooksTexts);
  const { org, mayWrite } = useOwner();
  const { params, change } = useSearchParams();
  const close = () => change({ panel: undefined });
  const page = usePage<Endpoint>(["webhooks", "list", org], (query) =>
    dataOf(
      api.GET("/webhook-endpoints", {
        params: { query: { ...query, ...(org === null ? { scope: "gateway" } : { organization: org }) } },
      }),
    ),
  );
  const create = mayWrite ? (
    <CreateButton onClick={() => change({ panel: "new" })}>{texts.create}</CreateButton>
  ) : undefined;
  const columns: Column<Endpoint>[] = [
    { key: "url", header: texts.columns.url, cell: ({ url }) => shortUrl(url) },
    {
      key: "description",
      header: texts.columns.description,
      cell: ({ description }) => description,
      wideOnly: true,
    },
    {
      key: "types",
      header: texts.columns.types,
      cell: ({ types }) => texts.typeCount(types.length, types[0] ?? ""),
      width: 200,
      wideOnly: true,
    },
    {
      key: "state",
      header: texts.columns.state,
      cell: (endpoint) => <EndpointState endpoint={endpoint} />,
      width: 150,
    },
    {
      key: "created",
      header: texts.columns.created,
      cell: ({ createdAt }) => <Time at={createdAt} />,
      width: 130,
      wideOnly: true,
    },
  ];
  return (
    <>
      <PageHeader title={texts.title} lead={org === null ? texts.gatewayLead : texts.lead} act={create} />
      <DataTable
        label={texts.title}
        page={page}
        columns={columns}
        rowKey={({ id }) => id}
        rowLink={({ id }) => endpointLink(org, id)}
        empty={
          <EmptyState
            icon={<IconWebhook size={20} aria-hidden />}
            title={texts.empty.title}
            text={texts.empty.text}
            act={create}
          />
        }
      />
      <SidePanel title={texts.create} opened={params.panel === "new"} onClose={close}>
        <NewWebhook />
      </SidePanel>
    </>
  );
}
