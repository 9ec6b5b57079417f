import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { linkOptions, Outlet, useParams } from "@tanstack/react-router";
import { PageHeader } from "../../../components/page-header.tsx";
import { PageTabs } from "../../../components/page-tabs.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { useOrganization } from "../../organization.ts";
import { useMay } from "../../session.ts";
import { QueryFailed } from "../../shell/query-failed.tsx";
import { DirectoryState } from "./directories-page.tsx";
import { directoryQuery } from "./directory.ts";
import { directoriesTexts } from "./texts.ts";

/** Around the parts of one directory. */
export function DirectoryLayout() {
  const texts = useCatalogue(directoriesTexts);
  const { slug } = useOrganization();
  const { directoryId } = useParams({ from: "/organizations/$org/directories/$directoryId" });
  const mayReadMembers = useMay("members.read");
  const mayReadGuards = useMay("guards.read");
  const mayReadRequests = useMay("scim_requests.read");
  const directory = useQuery(directoryQuery(slug, directoryId));
  if (directory.isError) {
    return <QueryFailed query={directory} />;
  }
  if (directory.data === undefined) {
    return <Skeleton height={240} />;
  }
  const params = { org: slug, directoryId };
  const tabs = [
    {
      label: texts.tabs.settings,
      link: linkOptions({ to: "/organizations/$org/directories/$directoryId", params }),
      exact: true,
    },
    ...(mayReadMembers
      ? [
          {
            label: texts.tabs.adoption,
            link: linkOptions({ to: "/organizations/$org/directories/$directoryId/adoption", params }),
          },
        ]
      : []),
    {
      label: texts.tabs.users,
      link: linkOptions({ to: "/organizations/$org/directories/$directoryId/users", params }),
    },
    {
      label: texts.tabs.groups,
      link: linkOptions({ to: "/organizations/$org/directories/$directoryId/groups", params }),
    },
    ...(mayReadRequests
      ? [
          {
            label: texts.tabs.requests,
            link: linkOptions({ to: "/organizations/$org/directories/$directoryId/requests", params }),
          },
        ]
      : []),
    ...(mayReadGuards
      ? [
          {
            label: texts.tabs.guard,
            link: linkOptions({ to: "/organizations/$org/directories/$directoryId/guard", params }),
          },
        ]
      : []),
  ];
  return (
    <>
      <PageHeader title={directory.data.name} lead={<DirectoryState directory={directory.data} />} />
      <PageTabs label={directory.data.name} tabs={tabs} />
      <Outlet />
    </>
  );
}
