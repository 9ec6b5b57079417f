import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { dataOf } from "../../../api/client.ts";
import { DetailList } from "../../../components/detail-list.tsx";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { StateDot } from "../../../components/state-dot.tsx";
import { Time } from "../../../components/time.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import { useMay } from "../../session.ts";
import { NotFoundPage } from "../../shell/error-pages.tsx";
import { type Connection, useConnection } from "./connection.ts";
import { HeldChange } from "./held-change.tsx";
import { metadataTexts } from "./metadata-texts.ts";

type Metadata = NonNullable<NonNullable<Connection["saml"]>["metadata"]>;

/** How the connection follows its identity provider's metadata. */
export function MetadataPage() {
  const texts = useCatalogue(metadataTexts);
  const { saml } = useConnection();
  const mayWrite = useMay("connections.write");
  if (saml?.metadata === undefined) {
    return <NotFoundPage />;
  }
  const { metadata, metadataUrl } = saml;
  const { checkedAt, refreshedAt, nextCheckAt, validUntil, heldBack } = metadata;
  const { columns } = texts;
  return (
    <Stack gap="lg" className="narrow">
      <Text c="dimmed">{texts.lead}</Text>
      <Following metadata={metadata} />
      {heldBack !== undefined && <HeldChange heldBack={heldBack} />}
      <DetailList
        items={[
          [columns.url, <code key="url">{metadataUrl}</code>],
          [columns.checked, checkedAt === null ? texts.never : <Time key="checked" at={checkedAt} />],
          [columns.refreshed, refreshedAt === null ? texts.never : <Time key="refreshed" at={refreshedAt} />],
          [columns.next, <Time key="next" at={nextCheckAt} />],
          [columns.validUntil, validUntil === null ? texts.notTold : <Time key="until" at={validUntil} />],
        ]}
      />
      {mayWrite && <LookNow />}
    </Stack>
  );
}

/** Whether the settings are as the metadata says, and why not. */
function Following({ metadata: { problem, heldBack } }: { readonly metadata: Metadata }) {
  const texts = useCatalogue(metadataTexts);
  if (problem === undefined) {
    return heldBack === undefined ? <StateDot kind="good">{texts.upToDate}</StateDot> : null;
  }
  return (
    <Alert
      color="yellow"
      variant="light"
      title={<span className="alert-title">{problem.message}</span>}
      icon={<IconAlertTriangle size={20} aria-hidden />}
    >
      <Text>{texts.problem}</Text>
      {problem.detail !== undefined && (
        <Text ff="monospace" size="sm" className="detail-value">
          {problem.detail}
        </Text>
      )}
      <Text>{problem.fix}</Text>
      <Text size="sm">
        {texts.since} <Time at={problem.since} />
      </Text>
    </Alert>
  );
}

function LookNow() {
  const texts = useCatalogue(metadataTexts);
  const { slug } = useOrganization();
  const { id } = useConnection();
  const queries = useQueryClient();
  const look = useMutation({
    mutationFn: () =>
      dataOf(
        api.POST("/organizations/{org}/connections/{connectionId}/metadata/refresh", {
          params: { path: { org: slug, connectionId: id } },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["connections", slug] }),
  });
  return (
    <Group>
      {look.isError && <ProblemAlert error={look.error} />}
      <Button variant="default" loading={look.isPending} onClick={() => look.mutate()}>
        {texts.refresh}
      </Button>
    </Group>
  );
}
