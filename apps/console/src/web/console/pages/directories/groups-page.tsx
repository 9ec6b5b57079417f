import { IconUsersGroup } from "@tabler/icons-react";
import { useParams } from "@tanstack/react-router";
import { dataOf, type Schemas } from "../../../api/client.ts";
import { DataTable } from "../../../components/data-table.tsx";
import { EmptyState } from "../../../components/empty-state.tsx";
import { usePage } from "../../../components/paging.tsx";
import { Time } from "../../../components/time.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import { directoriesTexts } from "./texts.ts";

/** The groups that the directory was pushed. */
export function GroupsPage() {
  const texts = useCatalogue(directoriesTexts).groups;
  const { slug } = useOrganization();
  const { directoryId } = useParams({ from: "/organizations/$org/directories/$directoryId/groups" });
  const page = usePage<Schemas["DirectoryGroup"]>(["directory-groups", slug, directoryId], (query) =>
    dataOf(
      api.GET("/organizations/{org}/directories/{directoryId}/groups", {
        params: { path: { org: slug, directoryId }, query },
      }),
    ),
  );
  return (
    <DataTable
      label={texts.label}
      page={page}
      columns={[
        { key: "name", header: texts.name, cell: ({ name }) => name },
        {
          key: "since",
          header: texts.since,
          cell: ({ createdAt }) => <Time at={createdAt} />,
          width: 160,
        },
      ]}
      rowKey={({ id }) => id}
      empty={
        <EmptyState
          icon={<IconUsersGroup size={20} aria-hidden />}
          title={texts.empty.title}
          text={texts.empty.text}
        />
      }
    />
  );
}
