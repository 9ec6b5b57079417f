import { IconPlugConnected } from "@tabler/icons-react";
import { linkOptions } from "@tanstack/react-router";
import { dataOf } from "../../../api/client.ts";
import { type Column, DataTable } from "../../../components/data-table.tsx";
import { EmptyState } from "../../../components/empty-state.tsx";
import { ButtonLink } from "../../../components/link.tsx";
import { PageHeader } from "../../../components/page-header.tsx";
import { usePage } from "../../../components/paging.tsx";
import { StateDot } from "../../../components/state-dot.tsx";
import { Time } from "../../../components/time.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import { useMay } from "../../session.ts";
import { type Connection, type ConnectionInUse, protocolName } from "./connection.ts";
import { ConnectionState } from "./connection-state.tsx";
import { lastCertificate, problemsOf } from "./problems.ts";
import { connectionsTexts } from "./texts.ts";

/** The identity providers that the organization signs in with. */
export function ConnectionsPage() {
  const texts = useCatalogue(connectionsTexts);
  const { slug } = useOrganization();
  const page = usePage<ConnectionInUse>(["connections", slug], (query) =>
    dataOf(api.GET("/organizations/{org}/connections", { params: { path: { org: slug }, query } })),
  );
  const act = useMay("setup_links.write") ? (
    <ButtonLink
      to="/organizations/$org/settings/setup-links"
      params={{ org: slug }}
      search={{ panel: "new" }}
    >
      {texts.invite}
    </ButtonLink>
  ) : undefined;
  const columns: Column<ConnectionInUse>[] = [
    { key: "name", header: texts.columns.name, cell: ({ name }) => name },
    { key: "type", header: texts.columns.type, cell: protocolName, width: 150, wideOnly: true },
    {
      key: "state",
      header: texts.columns.state,
      cell: (connection) => <ConnectionState connection={connection} />,
      width: 120,
    },
    {
      key: "lastLogin",
      header: texts.lastLogin,
      cell: ({ lastLoginAt }) => (lastLoginAt === null ? texts.never : <Time at={lastLoginAt} />),
      width: 130,
      wideOnly: true,
    },
    {
      key: "certificate",
      header: texts.columns.certificate,
      cell: (connection) => {
        const certificate = lastCertificate(connection);
        return certificate === null ? "–" : <Time at={certificate.notAfter} />;
      },
      width: 140,
      wideOnly: true,
    },
    {
      key: "problems",
      header: texts.columns.problems,
      cell: (connection) => <WorstProblem connection={connection} />,
      wideOnly: true,
    },
  ];
  return (
    <>
      <PageHeader title={texts.title} lead={texts.lead} act={act} />
      <DataTable
        label={texts.title}
        page={page}
        columns={columns}
        rowKey={({ id }) => id}
        rowLink={({ id }) =>
          linkOptions({
            to: "/organizations/$org/connections/$connectionId",
            params: { org: slug, connectionId: id },
          })
        }
        empty={
          <EmptyState
            icon={<IconPlugConnected size={20} aria-hidden />}
            title={texts.empty.title}
            text={texts.empty.text}
            act={act}
          />
        }
      />
    </>
  );
}

/** A row has room for one; the connection's page tells them all. */
function WorstProblem({ connection }: { readonly connection: Connection }) {
  const texts = useCatalogue(connectionsTexts);
  const [worst] = problemsOf(connection, texts.problems);
  return worst === undefined ? texts.noProblem : <StateDot kind={worst.kind}>{worst.text}</StateDot>;
}
