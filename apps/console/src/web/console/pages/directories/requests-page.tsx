import { Badge } from "@mantine/core";
import { IconActivity } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { dataOf, type Schemas } from "../../../api/client.ts";
import { type Column, DataTable } from "../../../components/data-table.tsx";
import { EmptyState } from "../../../components/empty-state.tsx";
import { type Filter, FilterBar, NothingMatches, useIsFiltered } from "../../../components/filter-bar.tsx";
import { usePage } from "../../../components/paging.tsx";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { linkWith, useSearchParams } from "../../../components/search-params.ts";
import { SidePanel } from "../../../components/side-panel.tsx";
import { Time } from "../../../components/time.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import { Answer, RequestDetails } from "./request-details.tsx";
import { requestsTexts } from "./requests-texts.ts";

type ScimRequest = Schemas["ScimRequest"];

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;
const CLASSES = ["2xx", "4xx", "5xx"];

/** What the directory asked for, and what it was answered. */
export function RequestsPage() {
  const texts = useCatalogue(requestsTexts);
  const { slug } = useOrganization();
  const { directoryId } = useParams({ from: "/organizations/$org/directories/$directoryId/requests" });
  const { params, change } = useSearchParams();
  const filters: Filter[] = [
    { name: "method", label: texts.method, options: METHODS.map((value) => ({ value, label: value })) },
    { name: "status", label: texts.status, options: CLASSES.map((value) => ({ value, label: value })) },
    { name: "path", label: texts.path },
    { name: "requestId", label: texts.requestId },
  ];
  const isFiltered = useIsFiltered(filters);
  const { status, path, requestId } = params;
  const method = METHODS.find((one) => one === params.method);
  const page = usePage<ScimRequest>(
    ["scim-requests", slug, directoryId, method, status, path, requestId],
    (query) =>
      dataOf(
        api.GET("/organizations/{org}/directories/{directoryId}/scim-requests", {
          params: {
            path: { org: slug, directoryId },
            query: {
              ...query,
              ...(method === undefined ? {} : { method }),
              ...(status === undefined ? {} : { status }),
              ...(path === undefined ? {} : { path }),
              ...(requestId === undefined ? {} : { requestId }),
            },
          },
        }),
      ),
  );
  const columns: Column<ScimRequest>[] = [
    {
      key: "request",
      header: texts.request,
      cell: (request) => (
        <>
          <code>
            {request.method} {request.path}
          </code>{" "}
          {request.dryRun && <Badge variant="light">{texts.dryRun}</Badge>}
        </>
      ),
    },
    { key: "status", header: texts.status, cell: (request) => <Answer request={request} />, width: 90 },
    {
      key: "notes",
      header: texts.notes,
      cell: ({ notes }) => (notes.length === 0 ? "" : texts.noted(notes.length)),
      width: 150,
      wideOnly: true,
    },
    {
      key: "at",
      header: texts.at,
      cell: ({ createdAt }) => <Time at={createdAt} />,
      width: 130,
      wideOnly: true,
    },
  ];
  const listed = page.data?.items.find(({ id }) => id === params.request);
  // Search, and whoever was sent the address, may mean one of another page.
  const other = useQuery({
    queryKey: ["scim-request", slug, directoryId, params.request],
    queryFn: () =>
      dataOf(
        api.GET("/organizations/{org}/directories/{directoryId}/scim-requests/{scimRequestId}", {
          params: { path: { org: slug, directoryId, scimRequestId: params.request ?? "" } },
        }),
      ),
    enabled: params.request !== undefined && page.isSuccess && listed === undefined,
  });
  const selected = params.request === undefined ? undefined : (listed ?? other.data);
  return (
    <>
      <FilterBar filters={filters} />
      <DataTable
        label={texts.label}
        page={page}
        columns={columns}
        rowKey={({ id }) => id}
        rowLink={({ id }) => linkWith({ request: id })}
        selected={selected?.id}
        empty={
          isFiltered ? (
            <NothingMatches filters={filters} />
          ) : (
            <EmptyState
              icon={<IconActivity size={20} aria-hidden />}
              title={texts.empty.title}
              text={texts.empty.text}
            />
          )
        }
      />
      <SidePanel
        title={texts.request}
        opened={params.request !== undefined && (selected !== undefined || other.isError)}
        onClose={() => change({ request: undefined })}
      >
        {other.isError && selected === undefined && (
          <ProblemAlert error={other.error} onRetry={() => void other.refetch()} />
        )}
        {selected !== undefined && <RequestDetails request={selected} />}
      </SidePanel>
    </>
  );
}
