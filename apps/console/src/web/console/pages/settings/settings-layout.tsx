import { linkOptions, Outlet } from "@tanstack/react-router";
import { PageHeader } from "../../../components/page-header.tsx";
import { PageTabs } from "../../../components/page-tabs.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { useOrganization } from "../../organization.ts";
import { useMay } from "../../session.ts";
import { settingsTexts } from "./texts.ts";

/** Around the parts of an organization's settings. */
export function SettingsLayout() {
  const texts = useCatalogue(settingsTexts);
  const params = { org: useOrganization().slug };
  const mayReadDomains = useMay("domains.read");
  const mayReadLinks = useMay("setup_links.read");
  const mayReadRetention = useMay("retention.read");
  const tabs = [
    {
      label: texts.tabs.general,
      link: linkOptions({ to: "/organizations/$org/settings", params }),
      exact: true,
    },
    ...(mayReadDomains
      ? [
          {
            label: texts.tabs.domains,
            link: linkOptions({ to: "/organizations/$org/settings/domains", params }),
          },
        ]
      : []),
    { label: texts.tabs.signIn, link: linkOptions({ to: "/organizations/$org/settings/sign-in", params }) },
    ...(mayReadLinks
      ? [
          {
            label: texts.tabs.setupLinks,
            link: linkOptions({ to: "/organizations/$org/settings/setup-links", params }),
          },
        ]
      : []),
    ...(mayReadRetention
      ? [
          {
            label: texts.tabs.retention,
            link: linkOptions({ to: "/organizations/$org/settings/retention", params }),
          },
        ]
      : []),
  ];
  return (
    <>
      <PageHeader title={texts.title} lead={texts.lead} />
      <PageTabs label={texts.title} tabs={tabs} />
      <Outlet />
    </>
  );
}
