import { Text, Title } from "@mantine/core";
import { IconBroadcast } from "@tabler/icons-react";
import { dataOf, type Schemas } from "../../../api/client.ts";
import { CodeBlock } from "../../../components/code-block.tsx";
import { DataTable } from "../../../components/data-table.tsx";
import { EmptyState } from "../../../components/empty-state.tsx";
import { usePage } from "../../../components/paging.tsx";
import { linkWith, useSearchParams } from "../../../components/search-params.ts";
import { SidePanel } from "../../../components/side-panel.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { nameOf, REFRESH_MS, type Stream } from "./stream.ts";
import { streamColumns } from "./stream-columns.tsx";
import { StreamDetails } from "./stream-details.tsx";
import { streamSnippet } from "./stream-snippet.ts";
import { signalsTexts } from "./texts.ts";

/** Of an application's page: what it is told, and how it comes to be told. */
export function ApplicationSignals(props: {
  readonly application: Schemas["Application"];
  readonly issuer: string;
}) {
  const { application, issuer } = props;
  const texts = useCatalogue(signalsTexts);
  const { params, change } = useSearchParams();
  const page = usePage<Stream>(
    ["signals", application.id],
    (query) =>
      dataOf(
        api.GET("/applications/{applicationId}/signal-streams", {
          params: { path: { applicationId: application.id }, query },
        }),
      ),
    REFRESH_MS,
  );
  const shown = page.data?.items.find(({ id }) => id === params.stream);
  return (
    <section aria-labelledby="signals">
      <Title order={2} size="h3" id="signals">
        {texts.title}
      </Title>
      <Text c="dimmed" mb="md">
        {texts.section.lead}
      </Text>
      <DataTable
        label={texts.streams}
        page={page}
        columns={streamColumns(texts, false)}
        rowKey={({ id }) => id}
        rowLink={({ id }) => linkWith({ stream: id })}
        selected={params.stream}
        empty={
          <EmptyState
            icon={<IconBroadcast size={20} aria-hidden />}
            title={texts.empty.title}
            text={application.public ? texts.empty.public : texts.empty.text}
          />
        }
      />
      {!application.public && page.data !== undefined && (
        <>
          <Title order={3} size="h4" mt="md" mb={4}>
            {texts.section.howTo}
          </Title>
          <Text size="sm" c="dimmed" mb="xs">
            {texts.section.howToHelp}
          </Text>
          <CodeBlock label={texts.section.howTo} code={streamSnippet(issuer, application.clientId)} />
        </>
      )}
      <SidePanel
        title={shown === undefined ? undefined : nameOf(shown, texts)}
        opened={shown !== undefined}
        onClose={() => change({ stream: undefined })}
      >
        {shown !== undefined && (
          <StreamDetails key={shown.id} applicationId={application.id} streamId={shown.id} />
        )}
      </SidePanel>
    </section>
  );
}
