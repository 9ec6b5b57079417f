import { Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { dataOf } from "../../../api/client.ts";
import { ConfirmDanger } from "../../../components/confirm-danger.tsx";
import { fieldError, useDraft } from "../../../components/draft.ts";
import { DraftForm } from "../../../components/draft-form.tsx";
import { Id } from "../../../components/id.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization, useUpdateOrganization } from "../../organization.ts";
import { useMay } from "../../session.ts";
import { LogoSetting } from "./logo-setting.tsx";
import { settingsTexts } from "./texts.ts";

/** What the organization is called, and its end. */
export function GeneralPage() {
  const texts = useCatalogue(settingsTexts).general;
  const organization = useOrganization();
  const mayWrite = useMay("organization.write");
  const mayRename = useMay("organizations.rename");
  const mayDelete = useMay("organizations.delete");
  const draft = useDraft({ name: organization.name, slug: organization.slug });
  const navigate = useNavigate();
  const save = useUpdateOrganization();
  const submit = () =>
    save.mutate(draft.changes, {
      onSuccess: (saved) => {
        draft.discard();
        if (saved.slug !== organization.slug) {
          void navigate({ to: "/organizations/$org/settings", params: { org: saved.slug }, replace: true });
        }
      },
    });
  return (
    <Stack gap="xl">
      <DraftForm draft={draft} saving={save} onSave={submit}>
        <TextInput
          label={texts.name}
          description={texts.nameHelp}
          value={draft.values.name}
          readOnly={!mayWrite}
          error={fieldError(save.error, "name")}
          onChange={(event) => draft.set("name", event.currentTarget.value)}
        />
        <TextInput
          label={texts.slug}
          description={mayRename ? texts.slugHelp : texts.slugFixed}
          value={draft.values.slug}
          readOnly={!mayRename}
          error={fieldError(save.error, "slug")}
          onChange={(event) => draft.set("slug", event.currentTarget.value)}
        />
        <Text c="dimmed" size="sm">
          {texts.id} <Id value={organization.id} />
        </Text>
      </DraftForm>
      <LogoSetting />
      {mayDelete && <DeleteOrganization />}
    </Stack>
  );
}

function DeleteOrganization() {
  const texts = useCatalogue(settingsTexts).general;
  const { name, slug } = useOrganization();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => dataOf(api.DELETE("/organizations/{org}", { params: { path: { org: slug } } })),
    onSuccess: async () => {
      await navigate({ to: "/organizations" });
      queries.removeQueries({ queryKey: ["organization"] });
      await queries.invalidateQueries({ queryKey: ["organizations"] });
    },
  });
  return (
    <div className="danger narrow">
      <Text>{texts.removeLead}</Text>
      <ConfirmDanger
        label={texts.remove}
        title={texts.removeTitle(name)}
        effect={texts.removeEffect(name)}
        act={texts.remove}
        nameToType={slug}
        run={() => remove.mutateAsync()}
      />
    </div>
  );
}
