import { Button, Checkbox, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { dataOf } from "../../../api/client.ts";
import { CopyField, SecretOnce } from "../../../components/copy-field.tsx";
import { fieldError, unshownError } from "../../../components/draft.ts";
import { ButtonLink } from "../../../components/link.tsx";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import type { Provider } from "./directory.ts";
import { ProviderSelect } from "./provider-select.tsx";
import { directoriesTexts } from "./texts.ts";

/** Creates a directory, and shows what the identity provider asks for: base URL and token. */
export function NewDirectory() {
  const texts = useCatalogue(directoriesTexts);
  const { slug } = useOrganization();
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [provider, setProvider] = useState<Provider>("generic");
  const [inReview, setInReview] = useState(false);
  const create = useMutation({
    mutationFn: () =>
      dataOf(
        api.POST("/organizations/{org}/directories", {
          params: { path: { org: slug } },
          body: { name, provider, inReview },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["directories", slug] }),
  });
  if (create.data !== undefined) {
    return (
      <Stack>
        <CopyField label={texts.baseUrl} value={create.data.baseUrl} />
        <SecretOnce label={texts.tokens.token} value={create.data.token} />
        <div>
          <ButtonLink
            to="/organizations/$org/directories/$directoryId"
            params={{ org: slug, directoryId: create.data.id }}
          >
            {texts.toDirectory}
          </ButtonLink>
        </div>
      </Stack>
    );
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  const unshown = unshownError(create.error, ["name", "provider"]);
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label={texts.name}
          value={name}
          data-autofocus
          error={fieldError(create.error, "name")}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <ProviderSelect
          value={provider}
          onChange={setProvider}
          error={fieldError(create.error, "provider")}
        />
        <Checkbox
          label={texts.review}
          description={texts.reviewHelp}
          checked={inReview}
          onChange={(event) => setInReview(event.currentTarget.checked)}
        />
        {unshown !== null && <ProblemAlert error={unshown} />}
        <div>
          <Button type="submit" disabled={name.trim() === ""} loading={create.isPending}>
            {texts.create}
          </Button>
        </div>
      </Stack>
    </form>
  );
}
