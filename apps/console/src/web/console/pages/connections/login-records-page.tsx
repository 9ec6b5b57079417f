import { IconLogin2 } from "@tabler/icons-react";
import { linkOptions } from "@tanstack/react-router";
import { dataOf, type Schemas } from "../../../api/client.ts";
import { type Column, DataTable } from "../../../components/data-table.tsx";
import { EmptyState } from "../../../components/empty-state.tsx";
import { type Filter, FilterBar, NothingMatches, useIsFiltered } from "../../../components/filter-bar.tsx";
import { Id } from "../../../components/id.tsx";
import { usePage } from "../../../components/paging.tsx";
import { useSearchParams } from "../../../components/search-params.ts";
import { Time } from "../../../components/time.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import { useConnection } from "./connection.ts";
import { LoginOutcome } from "./login-outcome.tsx";
import { loginTexts } from "./login-texts.ts";

type Summary = Schemas["LoginRecordSummary"];
type Outcome = Summary["outcome"];

const OUTCOMES: readonly Outcome[] = ["success", "failure", "started"];

/** Every attempt to sign in by the connection. */
export function LoginRecordsPage() {
  const texts = useCatalogue(loginTexts);
  const { slug } = useOrganization();
  const { id: connectionId } = useConnection();
  const { params } = useSearchParams();
  const filters: Filter[] = [
    {
      name: "outcome",
      label: texts.filters.outcome,
      options: OUTCOMES.map((value) => ({ value, label: texts.outcome[value] })),
    },
    { name: "errorCode", label: texts.filters.errorCode },
    { name: "requestId", label: texts.filters.requestId },
  ];
  const isFiltered = useIsFiltered(filters);
  const { errorCode, requestId } = params;
  const outcome = OUTCOMES.find((each) => each === params.outcome);
  const page = usePage<Summary>(
    ["login-records", slug, connectionId, outcome, errorCode, requestId],
    (query) =>
      dataOf(
        api.GET("/organizations/{org}/login-records", {
          params: {
            path: { org: slug },
            query: {
              ...query,
              connectionId,
              ...(outcome === undefined ? {} : { outcome }),
              ...(errorCode === undefined ? {} : { errorCode }),
              ...(requestId === undefined ? {} : { requestId }),
            },
          },
        }),
      ),
  );
  const columns: Column<Summary>[] = [
    {
      key: "when",
      header: texts.columns.when,
      cell: ({ createdAt }) => <Time at={createdAt} />,
      width: 160,
    },
    {
      key: "outcome",
      header: texts.columns.outcome,
      cell: ({ outcome: ended }) => <LoginOutcome outcome={ended} />,
      width: 160,
    },
    {
      key: "cause",
      header: texts.columns.cause,
      cell: ({ errorCode: code }) => code !== null && <code>{code}</code>,
    },
    {
      key: "request",
      header: texts.columns.request,
      cell: ({ requestId: request }) => (
        <span className="above">
          <Id value={request} />
        </span>
      ),
      width: 160,
      wideOnly: true,
    },
  ];
  return (
    <>
      <FilterBar filters={filters} />
      <DataTable
        label={texts.title}
        page={page}
        columns={columns}
        rowKey={({ id }) => id}
        rowLink={({ id }) =>
          linkOptions({
            to: "/organizations/$org/connections/$connectionId/logins/$recordId",
            params: { org: slug, connectionId, recordId: id },
          })
        }
        empty={
          isFiltered ? (
            <NothingMatches filters={filters} />
          ) : (
            <EmptyState
              icon={<IconLogin2 size={20} aria-hidden />}
              title={texts.empty.title}
              text={texts.empty.text}
            />
          )
        }
      />
    </>
  );
}
