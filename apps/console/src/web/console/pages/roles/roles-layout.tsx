import { Alert, Text } from "@mantine/core";
import { IconHandStop } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { linkOptions, Outlet } from "@tanstack/react-router";
import { dataOf } from "../../../api/client.ts";
import { TextLink } from "../../../components/link.tsx";
import { PageHeader } from "../../../components/page-header.tsx";
import { PageTabs } from "../../../components/page-tabs.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import { useMay } from "../../session.ts";
import { ownerOf } from "./held-change-panel.tsx";
import { rolesTexts } from "./texts.ts";

/** Around the roles, what gives them, and what directories would take. */
export function RolesLayout() {
  const texts = useCatalogue(rolesTexts);
  const params = { org: useOrganization().slug };
  const mayReadMappings = useMay("group_mappings.read");
  const mayReadPolicy = useMay("access_policy.read");
  const mayReadHeld = useMay("held_changes.read");
  const tabs = [
    { label: texts.tabs.roles, link: linkOptions({ to: "/organizations/$org/roles", params }), exact: true },
    ...(mayReadMappings
      ? [
          {
            label: texts.tabs.mappings,
            link: linkOptions({ to: "/organizations/$org/roles/mappings", params }),
          },
        ]
      : []),
    ...(mayReadPolicy
      ? [
          {
            label: texts.tabs.policy,
            link: linkOptions({ to: "/organizations/$org/roles/policy", params }),
          },
        ]
      : []),
    ...(mayReadHeld
      ? [
          {
            label: texts.tabs.held,
            link: linkOptions({ to: "/organizations/$org/roles/held-changes", params }),
          },
        ]
      : []),
  ];
  return (
    <>
      <PageHeader title={texts.title} lead={texts.lead} />
      {mayReadHeld && <HeldBanner />}
      <PageTabs label={texts.title} tabs={tabs} />
      <Outlet />
    </>
  );
}

/** What waits for an administrator's decision. */
function HeldBanner() {
  const texts = useCatalogue(rolesTexts).held;
  const { slug } = useOrganization();
  const { data } = useQuery({
    queryKey: ["held-changes", slug, "open"],
    queryFn: () =>
      dataOf(
        api.GET("/organizations/{org}/held-changes", {
          params: { path: { org: slug }, query: { status: "held" } },
        }),
      ),
  });
  if (data === undefined || data.items.length === 0) {
    return null;
  }
  return (
    <Alert mb="md" color="yellow" variant="light" icon={<IconHandStop size={20} aria-hidden />}>
      <Text size="md" fw={600}>
        {texts.banner}
      </Text>
      {data.items.map(({ id, people, ...held }) => (
        <Text key={id} size="md">
          {(held.connection === null ? texts.bannerLine : texts.bannerLineOfSignals)(ownerOf(held), people)}{" "}
          <TextLink
            c="inherit"
            underline="always"
            to="/organizations/$org/roles/held-changes"
            params={{ org: slug }}
            search={{ held: id }}
          >
            {texts.look}
          </TextLink>
        </Text>
      ))}
    </Alert>
  );
}
