import { Skeleton, Stack, Text } from "@mantine/core";
import { IconRocket } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { dataOf, type Schemas } from "../../../api/client.ts";
import { EmptyState } from "../../../components/empty-state.tsx";
import { ButtonLink, TextLink } from "../../../components/link.tsx";
import { PageHeader } from "../../../components/page-header.tsx";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { StateDot } from "../../../components/state-dot.tsx";
import { Time } from "../../../components/time.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import { useMay } from "../../session.ts";
import { Activity } from "./activity.tsx";
import { attention } from "./attention.ts";
import { Part } from "./part.tsx";
import { overviewTexts } from "./texts.ts";

type Overview = Schemas["OrganizationOverview"];

/** An organization at a glance. */
export function OverviewPage() {
  const texts = useCatalogue(overviewTexts);
  const { name, slug: org } = useOrganization();
  const overview = useQuery({
    queryKey: ["overview", org],
    queryFn: () => dataOf(api.GET("/organizations/{org}/overview", { params: { path: { org } } })),
  });
  return (
    <>
      <PageHeader title={name} lead={texts.lead} />
      {overview.isPending && <Skeleton height={240} />}
      {overview.isError && <ProblemAlert error={overview.error} onRetry={() => void overview.refetch()} />}
      {overview.isSuccess &&
        (isEmpty(overview.data) ? (
          <NothingYet org={org} />
        ) : (
          <Stack gap="xl" maw={880}>
            <Attention overview={overview.data} />
            <SetUp overview={overview.data} />
            <Activity />
          </Stack>
        ))}
    </>
  );
}

const isEmpty = ({ connections, directory }: Overview) =>
  connections.active + connections.disabled + directory.active + directory.disabled === 0;

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

function Attention({ overview }: { readonly overview: Overview }) {
  const texts = useCatalogue(overviewTexts);
  const { slug: org } = useOrganization();
  const domains = useQuery({
    queryKey: ["domains", org, "all"],
    queryFn: () =>
      dataOf(api.GET("/organizations/{org}/domains", { params: { path: { org }, query: { limit: 100 } } })),
    enabled: useMay("domains.read"),
  });
  const waiting = (domains.data?.items ?? []).filter(({ verified }) => !verified).map(({ name }) => name);
  const findings = attention(org, overview, waiting, texts);
  return (
    <Part title={texts.attention}>
      {findings.length === 0 ? (
        <StateDot kind="good">{texts.nothing}</StateDot>
      ) : (
        <ul className="facts">
          {findings.map(({ kind, text, link }) => (
            <li key={text}>
              <StateDot kind={kind}>
                <TextLink {...link} inherit>
                  {text}
                </TextLink>
              </StateDot>
            </li>
          ))}
        </ul>
      )}
    </Part>
  );
}

function SetUp({ overview }: { readonly overview: Overview }) {
  const texts = useCatalogue(overviewTexts);
  const { domains } = useOrganization();
  const { connections, directory, lastLoginAt } = overview;
  return (
    <Part title={texts.setUp}>
      <ul className="facts facts-columns">
        <Fact name={texts.connections} active={connections.active} what={texts.lastLogin} at={lastLoginAt} />
        <Fact
          name={texts.directories}
          active={directory.active}
          what={texts.lastPush}
          at={directory.lastRequestAt}
        />
        <li>
          <span>{texts.domains}</span>
          <span>{domains.length === 0 ? texts.none : domains.join(", ")}</span>
        </li>
      </ul>
    </Part>
  );
}

function Fact(props: {
  readonly name: string;
  readonly active: number;
  readonly what: string;
  readonly at: string | null;
}) {
  const texts = useCatalogue(overviewTexts);
  return (
    <li>
      <span>{props.name}</span>
      <StateDot kind={props.active > 0 ? "good" : "neutral"}>{texts.active(props.active)}</StateDot>
      <Text span c="dimmed">
        {props.what}: {props.at === null ? texts.never : <Time at={props.at} />}
      </Text>
    </li>
  );
}
