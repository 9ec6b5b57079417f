import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { linkOptions, Outlet, useParams } from "@tanstack/react-router";
import { dataOf } from "../../../api/client.ts";
import { PageHeader } from "../../../components/page-header.tsx";
import { PageTabs } from "../../../components/page-tabs.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import { useMay } from "../../session.ts";
import { QueryFailed } from "../../shell/query-failed.tsx";
import { ConnectionContext, hasKeys, protocolName } from "./connection.ts";
import { ConnectionState } from "./connection-state.tsx";
import { connectionsTexts } from "./texts.ts";

/** Around the parts of a connection. */
export function ConnectionLayout() {
  const texts = useCatalogue(connectionsTexts);
  const { slug } = useOrganization();
  const { connectionId } = useParams({ from: "/organizations/$org/connections/$connectionId" });
  const mayWrite = useMay("connections.write");
  const mayReadRecords = useMay("login_records.read");
  const connection = useQuery({
    queryKey: ["connections", slug, connectionId],
    queryFn: () =>
      dataOf(
        api.GET("/organizations/{org}/connections/{connectionId}", {
          params: { path: { org: slug, connectionId } },
        }),
      ),
  });
  if (connection.isError) {
    return <QueryFailed query={connection} />;
  }
  if (connection.data === undefined) {
    return <Skeleton height={240} />;
  }
  const params = { org: slug, connectionId };
  const tabs = [
    {
      label: texts.tabs.settings,
      link: linkOptions({ to: "/organizations/$org/connections/$connectionId", params }),
      exact: true,
    },
    ...(mayWrite
      ? [
          {
            label: texts.tabs.change,
            link: linkOptions({ to: "/organizations/$org/connections/$connectionId/change", params }),
          },
        ]
      : []),
    ...(mayReadRecords
      ? [
          {
            label: texts.tabs.logins,
            link: linkOptions({ to: "/organizations/$org/connections/$connectionId/logins", params }),
          },
        ]
      : []),
    ...(connection.data.saml?.metadata === undefined
      ? []
      : [
          {
            label: texts.tabs.metadata,
            link: linkOptions({ to: "/organizations/$org/connections/$connectionId/metadata", params }),
          },
        ]),
    ...(hasKeys(connection.data)
      ? [
          {
            label: texts.tabs.keys,
            link: linkOptions({ to: "/organizations/$org/connections/$connectionId/keys", params }),
          },
        ]
      : []),
  ];
  return (
    <ConnectionContext value={connection.data}>
      <PageHeader
        title={connection.data.name}
        lead={protocolName(connection.data)}
        act={<ConnectionState connection={connection.data} />}
      />
      <PageTabs label={connection.data.name} tabs={tabs} />
      <Outlet />
    </ConnectionContext>
  );
}
