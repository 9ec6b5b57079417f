import { Button } from "@mantine/core";
import { IconSend } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { dataOf } from "../../../api/client.ts";
import { type Column, DataTable } from "../../../components/data-table.tsx";
import { EmptyState } from "../../../components/empty-state.tsx";
import { type Filter, FilterBar, NothingMatches, useIsFiltered } from "../../../components/filter-bar.tsx";
import { Id } from "../../../components/id.tsx";
import { ListHead } from "../../../components/list-head.tsx";
import { usePage } from "../../../components/paging.tsx";
import { linkWith, useSearchParams } from "../../../components/search-params.ts";
import { SidePanel } from "../../../components/side-panel.tsx";
import { Time } from "../../../components/time.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { DeliveryDetails } from "./delivery-details.tsx";
import { DeliveryState } from "./delivery-state.tsx";
import { useEndpointId, useOwner } from "./owner.ts";
import { type Delivery, endpointQuery } from "./queries.ts";
import { Replay } from "./replay.tsx";
import { webhooksTexts } from "./texts.ts";

const STATUSES = ["pending", "delivered", "failed"] as const;
const LOOK_AGAIN_MS = 2_000;

/** What an endpoint was told, and is to be told. */
export function DeliveriesPage() {
  const texts = useCatalogue(webhooksTexts);
  const { mayWrite } = useOwner();
  const id = useEndpointId();
  const { params, change } = useSearchParams();
  const { type, since, until } = params;
  const status = STATUSES.find((one) => one === params.status);
  const endpoint = useQuery(endpointQuery(id));
  const filters: Filter[] = [
    {
      name: "status",
      label: texts.deliveries.status,
      options: STATUSES.map((value) => ({ value, label: texts.deliveries.states[value] })),
    },
    { name: "type", label: texts.deliveries.type },
    { name: "since", label: texts.deliveries.since },
    { name: "until", label: texts.deliveries.until },
  ];
  const isFiltered = useIsFiltered(filters);
  const page = usePage<Delivery>(["webhooks", id, "deliveries", status, type, since, until], (query) =>
    dataOf(
      api.GET("/webhook-endpoints/{webhookEndpointId}/deliveries", {
        params: {
          path: { webhookEndpointId: id },
          query: {
            ...query,
            ...(status === undefined ? {} : { status }),
            ...(type === undefined ? {} : { type }),
            ...(since === undefined ? {} : { since: dayOf(since) }),
            ...(until === undefined ? {} : { until: dayOf(until) }),
          },
        },
      }),
    ),
  );
  useLookAgain(id, params.cursor === undefined);
  const columns: Column<Delivery>[] = [
    { key: "type", header: texts.deliveries.type, cell: (row) => <code>{row.type}</code> },
    {
      key: "resource",
      header: texts.deliveries.resource,
      cell: ({ resource }) => (
        <>
          {resource.type} <Id value={resource.id} />
        </>
      ),
      width: 260,
      wideOnly: true,
    },
    {
      key: "state",
      header: texts.deliveries.status,
      cell: (delivery) => <DeliveryState delivery={delivery} />,
      width: 190,
    },
    {
      key: "attempts",
      header: texts.deliveries.attempts,
      cell: ({ attempts }) => attempts,
      align: "right",
      width: 90,
      wideOnly: true,
    },
    {
      key: "at",
      header: texts.deliveries.at,
      cell: ({ createdAt }) => <Time at={createdAt} />,
      width: 130,
      wideOnly: true,
    },
  ];
  return (
    <>
      <ListHead
        lead={texts.deliveries.lead}
        act={
          mayWrite && endpoint.data?.status === "enabled" ? (
            <Button variant="default" onClick={() => change({ panel: "replay", delivery: undefined })}>
              {texts.replay.open}
            </Button>
          ) : undefined
        }
      />
      <FilterBar filters={filters} />
      <DataTable
        label={texts.tabs.deliveries}
        page={page}
        columns={columns}
        rowKey={(row) => row.id}
        rowLink={(row) => linkWith({ delivery: row.id, panel: undefined })}
        selected={params.delivery}
        empty={
          isFiltered ? (
            <NothingMatches filters={filters} />
          ) : (
            <EmptyState
              icon={<IconSend size={20} aria-hidden />}
              title={texts.deliveries.empty.title}
              text={texts.deliveries.empty.text}
            />
          )
        }
      />
      <SidePanel
        title={texts.deliveries.one}
        opened={params.delivery !== undefined}
        onClose={() => change({ delivery: undefined })}
      >
        {params.delivery !== undefined && (
          <DeliveryDetails
            key={params.delivery}
            endpointId={id}
            deliveryId={params.delivery}
            mayReplay={mayWrite && endpoint.data?.status === "enabled"}
          />
        )}
      </SidePanel>
      <SidePanel
        title={texts.replay.title}
        opened={params.panel === "replay"}
        onClose={() => change({ panel: undefined })}
      >
        <Replay endpointId={id} onDone={() => change({ panel: undefined })} />
      </SidePanel>
    </>
  );
}

/** A day as the API takes it; whatever else was typed is for the API to refuse. */
function dayOf(typed: string): string {
  return /^\d{4}-\d{2}-\d{2}$/.test(typed) ? `${typed}T00:00:00Z` : typed;
}

/** The first page shows what is sent while one looks at it. */
function useLookAgain(endpointId: string, active: boolean): void {
  const queries = useQueryClient();
  useEffect(() => {
    if (!active) {
      return;
    }
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") {
        void queries.invalidateQueries({ queryKey: ["webhooks", endpointId] });
      }
    }, LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [queries, endpointId, active]);
}
