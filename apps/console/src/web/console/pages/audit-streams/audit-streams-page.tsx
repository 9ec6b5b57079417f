import { IconFileExport } from "@tabler/icons-react";
import { CreateButton } from "../../../components/create-button.tsx";
import { type Column, DataTable } from "../../../components/data-table.tsx";
import { EmptyState } from "../../../components/empty-state.tsx";
import { PageHeader } from "../../../components/page-header.tsx";
import { usePage } from "../../../components/paging.tsx";
import { linkWith, useSearchParams } from "../../../components/search-params.ts";
import { SidePanel } from "../../../components/side-panel.tsx";
import { Time } from "../../../components/time.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { EditStreamForm } from "./edit-stream.tsx";
import { NewStreamForm } from "./new-stream.tsx";
import { isOfCollector, type Stream, useOwner } from "./owner.ts";
import { StreamDetails } from "./stream-details.tsx";
import { StreamState } from "./stream-state.tsx";
import { auditStreamsTexts } from "./texts.ts";

/** A stream that has caught up, or has far to go, is seen so within this time. */
const REFRESH_MS = 5_000;

/** Where events are sent. */
export function AuditStreamsPage() {
  const texts = useCatalogue(auditStreamsTexts);
  const { org, mayWrite, streams } = useOwner();
  const { params, change } = useSearchParams();
  const page = usePage<Stream>(["audit-streams", org], streams.list, REFRESH_MS);
  const create = mayWrite ? (
    <CreateButton onClick={() => change({ panel: "new", stream: undefined })}>{texts.create}</CreateButton>
  ) : undefined;
  const columns: Column<Stream>[] = [
    { key: "name", header: texts.columns.name, cell: ({ name }) => name },
    {
      key: "destination",
      header: texts.columns.destination,
      cell: ({ destination }) => texts.types[destination.type],
      width: 180,
      wideOnly: true,
    },
    {
      key: "state",
      header: texts.columns.state,
      cell: (stream) => <StreamState stream={stream} />,
      width: 140,
    },
    {
      key: "lag",
      header: texts.columns.lag,
      cell: ({ lag }) => texts.events(lag.events),
      width: 130,
    },
    {
      key: "last",
      header: texts.columns.last,
      cell: ({ lastDeliveredAt }) => (lastDeliveredAt === null ? texts.never : <Time at={lastDeliveredAt} />),
      width: 150,
      wideOnly: true,
    },
  ];
  const shown = page.data?.items.find(({ id }) => id === params.stream);
  const isEdited = params.panel === "edit" && mayWrite;
  return (
    <>
      <PageHeader title={texts.title} lead={org === null ? texts.gatewayLead : texts.lead} act={create} />
      <DataTable
        label={texts.title}
        page={page}
        columns={columns}
        rowKey={({ id }) => id}
        rowLink={({ id }) => linkWith({ stream: id, panel: undefined })}
        empty={
          <EmptyState
            icon={<IconFileExport size={20} aria-hidden />}
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
        <NewStreamForm />
      </SidePanel>
      <SidePanel
        title={shown?.name}
        opened={shown !== undefined}
        onClose={() => change({ stream: undefined, panel: undefined })}
      >
        {shown !== undefined &&
          (isEdited && isOfCollector(shown) ? (
            <EditStreamForm key={shown.id} stream={shown} />
          ) : (
            <StreamDetails stream={shown} />
          ))}
      </SidePanel>
    </>
  );
}
