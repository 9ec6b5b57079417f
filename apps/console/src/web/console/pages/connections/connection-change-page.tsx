import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { dataOf, type Schemas } from "../../../api/client.ts";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { Time } from "../../../components/time.tsx";
import { OidcForm } from "../../../connecting/oidc-form.tsx";
import { SamlForm } from "../../../connecting/saml-form.tsx";
import { TestLogin } from "../../../connecting/test-login.tsx";
import { useTestLogin } from "../../../connecting/use-test-login.ts";
import { draftQuery, replacedQuery } from "../../../connecting/versions.ts";
import { productOf } from "../../../guides/products.ts";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import { changeTexts } from "./change-texts.ts";
import { productOfConnection, useConnection } from "./connection.ts";
import { ConnectionDraft } from "./connection-draft.tsx";
import { type DraftBody, OidcOptions, SamlOptions } from "./connection-options.tsx";
import { optionsTexts } from "./options-texts.ts";

/** New settings of a connection: entered beside those that logins use, tried out, put to use, taken back. */
export function ConnectionChangePage() {
  const texts = useCatalogue(changeTexts);
  const options = useCatalogue(optionsTexts);
  const { slug } = useOrganization();
  const connection = useConnection();
  const queries = useQueryClient();
  const path = { org: slug, connectionId: connection.id };
  const draft = useQuery(draftQuery(api, path));
  const replaced = useQuery(replacedQuery(api, path));
  const login = useTestLogin(api, path, draft.data == null ? "connection" : "draft");
  const product = productOfConnection(connection);
  const saving = {
    mutationFn: (body: DraftBody) =>
      dataOf(
        api.PUT("/organizations/{org}/connections/{connectionId}/draft", {
          params: { path },
          body,
        }),
      ),
    onSuccess: (saved: Schemas["ConnectionDraft"]) => {
      login.forget();
      queries.setQueryData(draftQuery(api, path).queryKey, saved);
    },
  };
  const save = useMutation(saving);
  // Of its own, so that each form says of itself what became of it.
  const saveOptions = useMutation(saving);
  const revert = useMutation({
    mutationFn: () =>
      dataOf(api.POST("/organizations/{org}/connections/{connectionId}/revert", { params: { path } })),
    onSuccess: () => {
      login.forget();
      return connectionChanged(queries, slug, connection.id);
    },
  });
  if (draft.isPending || replaced.isPending) {
    return null;
  }
  const failed = [draft, replaced].find(({ isError }) => isError);
  if (failed?.error != null) {
    return <ProblemAlert error={failed.error} onRetry={() => void failed.refetch()} />;
  }
  const stored = draft.data?.connection ?? connection;
  const formKey = `${draft.data?.savedAt ?? "active"} ${connection.updatedAt}`;
  return (
    <Stack gap="xl" className="narrow">
      <Text c="dimmed">{connection.status === "active" ? texts.lead : texts.leadDisabled}</Text>
      {draft.data != null && (
        <ConnectionDraft
          draft={draft.data}
          login={login}
          onChanged={() => connectionChanged(queries, slug, connection.id)}
        />
      )}
      {draft.data == null && replaced.data != null && (
        <div className="danger">
          <Text>
            {texts.replaced} <Time at={replaced.data.replacedAt} />
          </Text>
          <Button variant="default" loading={revert.isPending} onClick={() => revert.mutate()}>
            {texts.revert}
          </Button>
        </div>
      )}
      {revert.isError && <ProblemAlert error={revert.error} />}
      <section aria-labelledby="enter">
        <Title order={2} size="h3" id="enter" mb="xs">
          {draft.data == null ? texts.enter : texts.enterAgain}
        </Title>
        {stored.saml !== undefined && (
          <SamlForm
            key={formKey}
            own={stored.saml}
            byUrl={productOf(connection.provider)?.metadataUrl ?? true}
            stored={stored.saml}
            inspector={{ api, org: slug }}
            saving={save.isPending}
            onSave={(saml) => save.mutate({ saml })}
          />
        )}
        {stored.oidc !== undefined && (
          <OidcForm
            key={formKey}
            stored={stored.oidc}
            inspector={{ api, org: slug }}
            saving={save.isPending}
            onSave={(oidc) => save.mutate({ oidc })}
          />
        )}
        {save.isError && (
          <Group mt="md">
            <ProblemAlert error={save.error} />
          </Group>
        )}
      </section>
      <section aria-labelledby="more">
        <Title order={2} size="h3" id="more" mb="md">
          {options.title}
        </Title>
        {stored.saml !== undefined && <SamlOptions key={formKey} saml={stored.saml} saving={saveOptions} />}
        {stored.oidc !== undefined && <OidcOptions key={formKey} oidc={stored.oidc} saving={saveOptions} />}
      </section>
      {draft.data == null && (
        <section aria-labelledby="test">
          <Title order={2} size="h3" id="test">
            {texts.testActive}
          </Title>
          <Text c="dimmed" mb="md">
            {texts.testActiveLead}
          </Text>
          <TestLogin login={login} product={product} disabled={false} primary={false} />
        </section>
      )}
    </Stack>
  );
}

/** Has everything that is shown of the connection read anew. */
function connectionChanged(
  queries: ReturnType<typeof useQueryClient>,
  slug: string,
  connectionId: string,
): Promise<unknown> {
  return Promise.all([
    queries.invalidateQueries({ queryKey: ["connections", slug] }),
    queries.invalidateQueries({ queryKey: ["overview", slug] }),
    queries.invalidateQueries({ queryKey: ["draft", connectionId] }),
    queries.invalidateQueries({ queryKey: ["replaced", connectionId] }),
  ]);
}
