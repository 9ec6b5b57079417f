import { Skeleton, Stack, Text, Title } from "@mantine/core";
import { IconRocket } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { dataOf } from "../../../api/client.ts";
import { EmptyState } from "../../../components/empty-state.tsx";
import { ButtonLink } from "../../../components/link.tsx";
import { PageHeader } from "../../../components/page-header.tsx";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { StateDot } from "../../../components/state-dot.tsx";
import { Time } from "../../../components/time.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import { useMay } from "../../session.ts";
import { attention } from "./attention.ts";
import { overviewTexts } from "./texts.ts";

const MOST = 100;

/** What the organization has set up, each with its state, as far as the person may read it. */
function useSetUp(org: string) {
  const params = { path: { org }, query: { limit: MOST } };
  const may = {
    connections: useMay("connections.read"),
    directories: useMay("directories.read"),
    domains: useMay("domains.read"),
    conflicts: useMay("conflicts.read"),
  };
  return useQuery({
    queryKey: ["overview", org],
    queryFn: async () => {
      const [connections, directories, domains, conflicts] = await Promise.all([
        may.connections ? dataOf(api.GET("/organizations/{org}/connections", { params })) : undefined,
        may.directories ? dataOf(api.GET("/organizations/{org}/directories", { params })) : undefined,
        may.domains ? dataOf(api.GET("/organizations/{org}/domains", { params })) : undefined,
        may.conflicts
          ? dataOf(
              api.GET("/organizations/{org}/conflicts", {
                params: { path: { org }, query: { limit: MOST, status: "open" } },
              }),
            )
          : undefined,
      ]);
      const open = conflicts?.items.length ?? 0;
      return {
        connections: connections?.items ?? [],
        directories: directories?.items ?? [],
        domains: domains?.items ?? [],
        conflicts: conflicts?.nextCursor == null ? String(open) : `${open}+`,
      };
    },
  });
}

export type SetUp = NonNullable<ReturnType<typeof useSetUp>["data"]>;

/** An organization at a glance. */
export function OverviewPage() {
  const texts = useCatalogue(overviewTexts);
  const organization = useOrganization();
  const setUp = useSetUp(organization.slug);
  return (
    <>
      <PageHeader title={organization.name} lead={texts.lead} />
      {setUp.isPending && <Skeleton height={240} />}
      {setUp.isError && <ProblemAlert error={setUp.error} onRetry={() => void setUp.refetch()} />}
      {setUp.isSuccess &&
        (isEmpty(setUp.data) ? <NothingYet org={organization.slug} /> : <Parts setUp={setUp.data} />)}
    </>
  );
}

const isEmpty = ({ connections, directories, domains }: SetUp) =>
  connections.length + directories.length + domains.length === 0;

function NothingYet({ org }: { readonly org: string }) {
  const texts = useCatalogue(overviewTexts).empty;
  const mayInvite = useMay("setup_links.write");
  return (
    <EmptyState
      icon={<IconRocket size={20} aria-hidden />}
      title={texts.title}
      text={texts.text}
      act={
        mayInvite ? (
          <ButtonLink
            to="/organizations/$org/settings/setup-links"
            params={{ org }}
            search={{ panel: "new" }}
          >
            {texts.act}
          </ButtonLink>
        ) : undefined
      }
    />
  );
}

function Parts({ setUp }: { readonly setUp: SetUp }) {
  const texts = useCatalogue(overviewTexts);
  const warnings = attention(setUp, texts);
  return (
    <Stack gap="xl" maw={880}>
      <section aria-labelledby="attention">
        <Title order={2} size="h3" id="attention" mb="xs">
          {texts.attention}
        </Title>
        {warnings.length === 0 ? (
          <StateDot kind="good">{texts.nothing}</StateDot>
        ) : (
          <ul className="facts">
            {warnings.map(({ text, kind }) => (
              <li key={text}>
                <StateDot kind={kind}>{text}</StateDot>
              </li>
            ))}
          </ul>
        )}
      </section>
      <Part title={texts.connections}>
        {setUp.connections.map(({ id, name, status, type, updatedAt }) => (
          <li key={id}>
            <span>
              {name}{" "}
              <Text span c="dimmed" fw={400}>
                {type === "saml" ? "SAML" : "OpenID Connect"}
              </Text>
            </span>
            <ActiveState status={status} />
            <Changed at={updatedAt} />
          </li>
        ))}
      </Part>
      <Part title={texts.directories}>
        {setUp.directories.map(({ id, name, status, updatedAt }) => (
          <li key={id}>
            <span>{name}</span>
            <ActiveState status={status} />
            <Changed at={updatedAt} />
          </li>
        ))}
      </Part>
      <Part title={texts.domains}>
        {setUp.domains.map(({ id, name, verified, createdAt }) => (
          <li key={id}>
            <span>{name}</span>
            <StateDot kind={verified ? "good" : "warning"}>
              {verified ? texts.verified : texts.waiting}
            </StateDot>
            <Changed at={createdAt} />
          </li>
        ))}
      </Part>
    </Stack>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: readonly ReactNode[] }) {
  const texts = useCatalogue(overviewTexts);
  return (
    <section aria-label={title}>
      <Title order={2} size="h3" mb="xs">
        {title}
      </Title>
      {children.length === 0 ? (
        <Text c="dimmed">{texts.none}</Text>
      ) : (
        <ul className="facts facts-columns">{children}</ul>
      )}
    </section>
  );
}

function ActiveState({ status }: { readonly status: "active" | "disabled" }) {
  const texts = useCatalogue(overviewTexts);
  return <StateDot kind={status === "active" ? "good" : "neutral"}>{texts[status]}</StateDot>;
}

function Changed({ at }: { readonly at: string }) {
  const texts = useCatalogue(overviewTexts);
  return (
    <Text span c="dimmed" className="facts-last">
      {texts.changed} <Time at={at} />
    </Text>
  );
}
