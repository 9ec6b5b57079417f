import { linkOptions } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { PageHeader } from "../../../components/page-header.tsx";
import { PageTabs } from "../../../components/page-tabs.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { useOrganization } from "../../organization.ts";
import { useMay } from "../../session.ts";
import { directoriesTexts } from "./texts.ts";

/** Above the directories and the conflicts that their pushes showed. */
export function DirectoriesHeader({ act }: { readonly act?: ReactNode }) {
  const texts = useCatalogue(directoriesTexts);
  const params = { org: useOrganization().slug };
  const mayReadGuards = useMay("guards.read");
  const mayReadConflicts = useMay("conflicts.read");
  const tabs = [
    {
      label: texts.title,
      link: linkOptions({ to: "/organizations/$org/directories", params }),
      exact: true,
    },
    ...(mayReadConflicts
      ? [
          {
            label: texts.tabs.conflicts,
            link: linkOptions({ to: "/organizations/$org/directories/conflicts", params }),
          },
        ]
      : []),
    ...(mayReadGuards
      ? [
          {
            label: texts.tabs.guard,
            link: linkOptions({ to: "/organizations/$org/directories/guard", params }),
          },
        ]
      : []),
  ];
  return (
    <>
      <PageHeader title={texts.title} lead={texts.lead} act={act} />
      <PageTabs label={texts.title} tabs={tabs} />
    </>
  );
}
