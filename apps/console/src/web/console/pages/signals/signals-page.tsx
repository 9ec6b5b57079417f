import { IconBroadcast } from "@tabler/icons-react";
import { linkOptions } from "@tanstack/react-router";
import { dataOf } from "../../../api/client.ts";
import { DataTable } from "../../../components/data-table.tsx";
import { EmptyState } from "../../../components/empty-state.tsx";
import { PageHeader } from "../../../components/page-header.tsx";
import { usePage } from "../../../components/paging.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { REFRESH_MS, type Stream } from "./stream.ts";
import { streamColumns } from "./stream-columns.tsx";
import { signalsTexts } from "./texts.ts";

/** The streams of all applications: those first that somebody has to look at. */
export function SignalsPage() {
  const texts = useCatalogue(signalsTexts);
  const page = usePage<Stream>(
    ["signals", "all"],
    (query) => dataOf(api.GET("/signal-streams", { params: { query } })),
    REFRESH_MS,
  );
  return (
    <>
      <PageHeader title={texts.title} lead={texts.lead} />
      <DataTable
        label={texts.streams}
        page={page}
        columns={streamColumns(texts, true)}
        rowKey={({ id }) => id}
        rowLink={({ id, application }) =>
          linkOptions({
            to: "/applications/$applicationId",
            params: { applicationId: application.id },
            search: { stream: id },
          })
        }
        empty={
          <EmptyState
            icon={<IconBroadcast size={20} aria-hidden />}
            title={texts.empty.title}
            text={texts.empty.ofAll}
          />
        }
      />
    </>
  );
}
