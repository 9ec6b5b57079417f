import { Select, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { dataOf, type Schemas } from "../../../api/client.ts";
import { fieldError, useDraft } from "../../../components/draft.ts";
import { DraftForm } from "../../../components/draft-form.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useMay } from "../../session.ts";
import { linesOf } from "./lines.ts";
import { applicationsTexts } from "./texts.ts";

const ALGORITHMS = ["RS256", "ES256"] as const;

/** What can be changed of an application. */
export function ApplicationSettings({ application }: { readonly application: Schemas["Application"] }) {
  const { form, page } = useCatalogue(applicationsTexts);
  const queries = useQueryClient();
  const readOnly = !useMay("applications.write");
  const draft = useDraft({
    name: application.name,
    redirectUris: application.redirectUris.join("\n"),
    postLogoutRedirectUris: application.postLogoutRedirectUris.join("\n"),
    backchannelLogoutUri: application.backchannelLogoutUri ?? "",
    idTokenSigningAlg: application.idTokenSigningAlg,
  });
  const save = useMutation({
    mutationFn: () =>
      dataOf(
        api.PATCH("/applications/{applicationId}", {
          params: { path: { applicationId: application.id } },
          body: patchOf(draft.changes),
        }),
      ),
    onSuccess: () => {
      draft.discard();
      return queries.invalidateQueries({ queryKey: ["applications"] });
    },
  });
  const { values, set } = draft;
  return (
    <DraftForm draft={draft} saving={save} onSave={() => save.mutate()}>
      <TextInput
        label={form.name}
        value={values.name}
        readOnly={readOnly}
        error={fieldError(save.error, "name")}
        onChange={(event) => set("name", event.currentTarget.value)}
      />
      <Textarea
        label={form.redirectUris}
        description={form.redirectUrisHelp}
        autosize
        minRows={2}
        value={values.redirectUris}
        readOnly={readOnly}
        error={fieldError(save.error, "redirectUris")}
        onChange={(event) => set("redirectUris", event.currentTarget.value)}
      />
      <Textarea
        label={page.postLogout}
        description={page.postLogoutHelp}
        autosize
        minRows={2}
        value={values.postLogoutRedirectUris}
        readOnly={readOnly}
        error={fieldError(save.error, "postLogoutRedirectUris")}
        onChange={(event) => set("postLogoutRedirectUris", event.currentTarget.value)}
      />
      <TextInput
        label={page.backchannel}
        description={page.backchannelHelp}
        value={values.backchannelLogoutUri}
        readOnly={readOnly}
        error={fieldError(save.error, "backchannelLogoutUri")}
        onChange={(event) => set("backchannelLogoutUri", event.currentTarget.value)}
      />
      <Select
        label={page.idTokenAlg}
        description={page.idTokenAlgHelp}
        allowDeselect={false}
        disabled={readOnly}
        data={ALGORITHMS}
        value={values.idTokenSigningAlg}
        onChange={(value) => set("idTokenSigningAlg", value ?? values.idTokenSigningAlg)}
      />
    </DraftForm>
  );
}

interface Fields {
  readonly name: string;
  readonly redirectUris: string;
  readonly postLogoutRedirectUris: string;
  readonly backchannelLogoutUri: string;
  readonly idTokenSigningAlg: string;
}

/** The API's patch of what was changed in the form. */
function patchOf(changes: Partial<Fields>): Schemas["ApplicationPatch"] {
  const { name, redirectUris, postLogoutRedirectUris, backchannelLogoutUri, idTokenSigningAlg } = changes;
  const algorithm = ALGORITHMS.find((known) => known === idTokenSigningAlg);
  return {
    ...(name === undefined ? {} : { name }),
    ...(redirectUris === undefined ? {} : { redirectUris: linesOf(redirectUris) }),
    ...(postLogoutRedirectUris === undefined
      ? {}
      : { postLogoutRedirectUris: linesOf(postLogoutRedirectUris) }),
    ...(backchannelLogoutUri === undefined
      ? {}
      : { backchannelLogoutUri: backchannelLogoutUri.trim() === "" ? null : backchannelLogoutUri.trim() }),
    ...(algorithm === undefined ? {} : { idTokenSigningAlg: algorithm }),
  };
}
