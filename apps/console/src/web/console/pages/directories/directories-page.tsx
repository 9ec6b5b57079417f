import { IconFolders } from "@tabler/icons-react";
import { linkOptions } from "@tanstack/react-router";
import { dataOf } from "../../../api/client.ts";
import { CreateButton } from "../../../components/create-button.tsx";
import { type Column, DataTable } from "../../../components/data-table.tsx";
import { EmptyState } from "../../../components/empty-state.tsx";
import { usePage } from "../../../components/paging.tsx";
import { useSearchParams } from "../../../components/search-params.ts";
import { SidePanel } from "../../../components/side-panel.tsx";
import { StateDot } from "../../../components/state-dot.tsx";
import { Time } from "../../../components/time.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import { useMay } from "../../session.ts";
import { DirectoriesHeader } from "./directories-header.tsx";
import { type Directory, PRODUCTS } from "./directory.ts";
import { NewDirectory } from "./new-directory.tsx";
import { directoriesTexts } from "./texts.ts";

/** From where people and groups are pushed. */
export function DirectoriesPage() {
  const texts = useCatalogue(directoriesTexts);
  const { slug } = useOrganization();
  const { params, change } = useSearchParams();
  const mayWrite = useMay("directories.write");
  const page = usePage<Directory>(["directories", slug], (query) =>
    dataOf(api.GET("/organizations/{org}/directories", { params: { path: { org: slug }, query } })),
  );
  const create = mayWrite ? (
    <CreateButton onClick={() => change({ panel: "new" })}>{texts.create}</CreateButton>
  ) : undefined;
  const names: Readonly<Record<string, string>> = { ...PRODUCTS, ...texts.kinds };
  const columns: Column<Directory>[] = [
    { key: "name", header: texts.name, cell: ({ name }) => name },
    { key: "provider", header: texts.provider, cell: ({ provider }) => names[provider], wideOnly: true },
    {
      key: "state",
      header: texts.state,
      cell: (directory) => <DirectoryState directory={directory} />,
      width: 140,
    },
    {
      key: "since",
      header: texts.since,
      cell: ({ createdAt }) => <Time at={createdAt} />,
      width: 140,
      wideOnly: true,
    },
  ];
  return (
    <>
      <DirectoriesHeader act={create} />
      <DataTable
        label={texts.title}
        page={page}
        columns={columns}
        rowKey={({ id }) => id}
        rowLink={({ id }) =>
          linkOptions({
            to: "/organizations/$org/directories/$directoryId",
            params: { org: slug, directoryId: id },
          })
        }
        empty={
          <EmptyState
            icon={<IconFolders size={20} aria-hidden />}
            title={texts.empty.title}
            text={texts.empty.text}
            act={create}
          />
        }
      />
      <SidePanel
        title={texts.create}
        opened={mayWrite && params.panel === "new"}
        onClose={() => change({ panel: undefined })}
      >
        <NewDirectory />
      </SidePanel>
    </>
  );
}

export function DirectoryState({
  directory: { status, inReview },
}: {
  readonly directory: Pick<Directory, "status" | "inReview">;
}) {
  const texts = useCatalogue(directoriesTexts);
  if (inReview && status === "active") {
    return <StateDot kind="warning">{texts.inReview}</StateDot>;
  }
  return <StateDot kind={status === "active" ? "good" : "neutral"}>{texts.status[status]}</StateDot>;
}
