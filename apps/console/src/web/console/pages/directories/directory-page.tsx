import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { dataOf } from "../../../api/client.ts";
import { ConfirmDanger } from "../../../components/confirm-danger.tsx";
import { CopyField } from "../../../components/copy-field.tsx";
import { fieldError, useDraft } from "../../../components/draft.ts";
import { DraftForm } from "../../../components/draft-form.tsx";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import { useMay } from "../../session.ts";
import { Clients } from "./clients.tsx";
import { type Directory, directoryQuery } from "./directory.ts";
import { ProviderSelect } from "./provider-select.tsx";
import { directoriesTexts } from "./texts.ts";
import { Tokens } from "./tokens.tsx";

/** What the identity provider asks for, and how the directory is met. */
export function DirectoryPage() {
  const texts = useCatalogue(directoriesTexts);
  const { slug } = useOrganization();
  const { directoryId } = useParams({ from: "/organizations/$org/directories/$directoryId/" });
  const { data: directory } = useQuery(directoryQuery(slug, directoryId));
  const mayWrite = useMay("directories.write");
  if (directory === undefined) {
    return null;
  }
  return (
    <Stack gap="xl" maw={720}>
      <CopyField label={texts.baseUrl} value={directory.baseUrl} />
      <Tokens directoryId={directoryId} />
      <Clients directory={directory} />
      {mayWrite && <Settings key={directoryId} directory={directory} />}
    </Stack>
  );
}

function Settings({ directory }: { readonly directory: Directory }) {
  const texts = useCatalogue(directoriesTexts);
  const { slug } = useOrganization();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const params = { path: { org: slug, directoryId: directory.id } };
  const refresh = () => queries.invalidateQueries({ queryKey: ["directories", slug] });
  const { name, provider, status } = directory;
  const draft = useDraft({ name, provider });
  const update = (body: { name?: string; provider?: Directory["provider"]; status?: Directory["status"] }) =>
    dataOf(api.PATCH("/organizations/{org}/directories/{directoryId}", { params, body }));
  const save = useMutation({
    mutationFn: () => update(draft.changes),
    onSuccess: async () => {
      await refresh();
      draft.discard();
    },
  });
  const change = useMutation({
    mutationFn: (to: Directory["status"]) => update({ status: to }),
    onSuccess: refresh,
  });
  const remove = useMutation({
    mutationFn: () => dataOf(api.DELETE("/organizations/{org}/directories/{directoryId}", { params })),
    onSuccess: async () => {
      await navigate({ to: "/organizations/$org/directories", params: { org: slug } });
      await refresh();
    },
  });
  return (
    <>
      <DraftForm draft={draft} saving={save} onSave={() => save.mutate()}>
        <TextInput
          label={texts.name}
          value={draft.values.name}
          error={fieldError(save.error, "name")}
          onChange={(event) => draft.set("name", event.currentTarget.value)}
        />
        <ProviderSelect
          value={draft.values.provider}
          onChange={(value) => draft.set("provider", value)}
          error={fieldError(save.error, "provider")}
        />
      </DraftForm>
      {change.isError && <ProblemAlert error={change.error} />}
      <Group>
        {status === "active" ? (
          <ConfirmDanger
            label={texts.disable}
            title={texts.disableTitle(name)}
            effect={texts.disableEffect}
            act={texts.disable}
            run={() => change.mutateAsync("disabled")}
          />
        ) : (
          <Button variant="default" loading={change.isPending} onClick={() => change.mutate("active")}>
            {texts.enable}
          </Button>
        )}
        <ConfirmDanger
          label={texts.delete}
          title={texts.deleteTitle(name)}
          effect={<WhomItKnows directoryId={directory.id} />}
          act={texts.delete}
          nameToType={name}
          run={() => remove.mutateAsync()}
        />
      </Group>
    </>
  );
}

/** What ends with a directory. */
function WhomItKnows({ directoryId }: { readonly directoryId: string }) {
  const texts = useCatalogue(directoriesTexts);
  const { slug } = useOrganization();
  const plan = useQuery({
    queryKey: ["directories", slug, directoryId, "plan"],
    queryFn: () =>
      dataOf(
        api.GET("/organizations/{org}/directories/{directoryId}/plan", {
          params: { path: { org: slug, directoryId }, query: { limit: 1 } },
        }),
      ),
  });
  return <Text>{texts.deleteEffect(plan.data?.counts.matched ?? null)}</Text>;
}
