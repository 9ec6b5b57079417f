import { Stack, Text, Title } from "@mantine/core";
import type { Schemas } from "../../../api/client.ts";
import { CodeBlock } from "../../../components/code-block.tsx";
import { CopyField } from "../../../components/copy-field.tsx";
import { PageTabs } from "../../../components/page-tabs.tsx";
import { linkWith, useSearchParams } from "../../../components/search-params.ts";
import { useCatalogue } from "../../../texts/language.tsx";
import { SNIPPET_CODE, SNIPPET_LABELS, SNIPPETS } from "./snippets.ts";
import { applicationsTexts } from "./texts.ts";

/** What the application needs, as values and as configuration to paste. */
export function Snippets(props: { readonly application: Schemas["Application"]; readonly issuer: string }) {
  const { application, issuer } = props;
  const texts = useCatalogue(applicationsTexts).page;
  const { params } = useSearchParams();
  const shown = SNIPPETS.find((name) => name === params.snippet) ?? SNIPPETS[0];
  const code = SNIPPET_CODE[shown]({
    issuer,
    clientId: application.clientId,
    redirectUri: application.redirectUris[0] ?? "",
    isPublic: application.public,
  });
  return (
    <section>
      <Title order={2} size="h3" mb="md">
        {texts.values}
      </Title>
      <Stack>
        <CopyField label={texts.issuer} value={issuer} />
        <CopyField label={texts.clientId} value={application.clientId} />
        <div>
          <PageTabs
            label={texts.snippets}
            bySearch
            tabs={SNIPPETS.map((name) => ({
              label: SNIPPET_LABELS[name],
              // The first is shown without a word on it.
              link: linkWith({ snippet: name === SNIPPETS[0] ? undefined : name }),
            }))}
          />
          {!application.public && (
            <Text size="sm" c="dimmed" my="xs">
              {texts.snippetHelp}
            </Text>
          )}
          <CodeBlock label={SNIPPET_LABELS[shown]} code={code} />
        </div>
      </Stack>
    </section>
  );
}
