import { Button, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconArrowLeft, IconCheck, IconLink } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { dataOf, type Schemas } from "../../../api/client.ts";
import { CodeBlock } from "../../../components/code-block.tsx";
import { FindingNote } from "../../../components/finding-note.tsx";
import { failureOf, warningsOf } from "../../../components/findings.ts";
import { Id } from "../../../components/id.tsx";
import { TextLink } from "../../../components/link.tsx";
import { Time } from "../../../components/time.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import { NotFoundPage } from "../../shell/error-pages.tsx";
import { QueryFailed } from "../../shell/query-failed.tsx";
import { CheckList } from "./check-list.tsx";
import { checkResults } from "./checks.ts";
import { productOfConnection, useConnection } from "./connection.ts";
import { LoginOutcome } from "./login-outcome.tsx";
import { LoginStory } from "./login-story.tsx";
import { loginTexts } from "./login-texts.ts";
import { MarkedMessage } from "./marked-message.tsx";

/** One attempt to sign in: what happened, what was found wrong, and where to mend it. */
export function LoginRecordPage() {
  const { slug } = useOrganization();
  const connection = useConnection();
  const { recordId } = useParams({
    from: "/organizations/$org/connections/$connectionId/logins/$recordId",
  });
  const record = useQuery({
    queryKey: ["login-records", slug, connection.id, "record", recordId],
    queryFn: () =>
      dataOf(
        api.GET("/organizations/{org}/login-records/{recordId}", {
          params: { path: { org: slug, recordId } },
        }),
      ),
  });
  if (record.isError) {
    return <QueryFailed query={record} />;
  }
  if (record.data === undefined) {
    return <Skeleton height={320} />;
  }
  // Another connection's record would be read by the wrong rules.
  return record.data.connectionId === connection.id ? <Debugger record={record.data} /> : <NotFoundPage />;
}

function Debugger({ record }: { readonly record: Schemas["LoginRecord"] }) {
  const catalogue = useCatalogue(loginTexts);
  const texts = catalogue.record;
  const { slug } = useOrganization();
  const connection = useConnection();
  const product = productOfConnection(connection);
  const failure = failureOf(record.steps);
  const results = checkResults(connection.type, {
    validated: record.steps.some(({ name }) => name === "validated"),
    code: failure?.code ?? null,
  });
  return (
    <Stack gap="xl" maw={960}>
      <Stack gap="sm">
        <TextLink
          size="sm"
          to="/organizations/$org/connections/$connectionId/logins"
          params={{ org: slug, connectionId: connection.id }}
        >
          <IconArrowLeft size={14} aria-hidden /> {texts.back}
        </TextLink>
        <Group justify="space-between">
          <Title order={2} size="h3">
            {texts.when} <Time at={record.createdAt} />
          </Title>
          <CopyLink />
        </Group>
        <Group gap="lg">
          <LoginOutcome outcome={record.outcome} />
          <Text span c="dimmed" size="sm">
            {texts.request} <Id value={record.requestId} />
          </Text>
          {record.sessionId !== null && (
            <Text span c="dimmed" size="sm">
              {texts.session} <Id value={record.sessionId} />
            </Text>
          )}
        </Group>
        {failure !== null && <FindingNote finding={failure} color="red" product={product} />}
        {warningsOf(record.steps).map((warning) => (
          <FindingNote key={warning.code} finding={warning} color="yellow" product={product} />
        ))}
      </Stack>
      <div className="columns">
        <LoginStory steps={record.steps} product={product.name} />
        <CheckList results={results} />
      </div>
      <div>
        <Title order={2} size="h3">
          {texts.response(product.name)}
        </Title>
        {record.response === null ? (
          <Text c="dimmed">{texts.noResponse}</Text>
        ) : (
          <>
            <Text c="dimmed" mb="xs">
              {texts.responseLead}
            </Text>
            <MarkedMessage message={record.response} results={results} label={texts.response(product.name)} />
          </>
        )}
      </div>
      {record.request !== null && (
        <div>
          <Title order={2} size="h3" mb="xs">
            {texts.sent}
          </Title>
          <CodeBlock code={record.request} label={texts.sent} />
        </div>
      )}
    </Stack>
  );
}

/** The page's address, for whoever else may read it. */
function CopyLink() {
  const texts = useCatalogue(loginTexts).record;
  const { copied, copy } = useClipboard();
  const Icon = copied ? IconCheck : IconLink;
  return (
    <Button
      variant="default"
      size="xs"
      leftSection={<Icon size={16} aria-hidden />}
      onClick={() => copy(window.location.href)}
    >
      <span aria-live="polite">{copied ? texts.linkCopied : texts.copyLink}</span>
    </Button>
  );
}
