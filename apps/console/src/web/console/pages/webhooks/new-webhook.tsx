import { Button, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { dataOf } from "../../../api/client.ts";
import { SecretOnce } from "../../../components/copy-field.tsx";
import { fieldError, unshownError } from "../../../components/draft.ts";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { endpointLink, useOwner } from "./owner.ts";
import { webhooksTexts } from "./texts.ts";
import { TypesInput } from "./types-input.tsx";

/** Adds an endpoint, shows its secret this one time, and goes to its page. */
export function NewWebhook() {
  const texts = useCatalogue(webhooksTexts).form;
  const { org } = useOwner();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [url, setUrl] = useState("");
  const [description, setDescription] = useState("");
  const [types, setTypes] = useState<string[]>([]);
  const create = useMutation({
    mutationFn: () =>
      dataOf(api.POST("/webhook-endpoints", { body: { url, description, types, organization: org } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["webhooks"] }),
  });
  if (create.data !== undefined) {
    const { id, secret } = create.data;
    return (
      <Stack>
        <SecretOnce label={texts.secret} value={secret} />
        <div>
          <Button variant="default" onClick={() => void navigate(endpointLink(org, id))}>
            {texts.done}
          </Button>
        </div>
      </Stack>
    );
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  const unshown = unshownError(create.error, ["url", "description", "types"]);
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label={texts.url}
          description={texts.urlHelp}
          placeholder="https://hooks.example.com/sallyport"
          value={url}
          data-autofocus
          error={fieldError(create.error, "url")}
          onChange={(event) => setUrl(event.currentTarget.value)}
        />
        <TypesInput value={types} error={fieldError(create.error, "types")} onChange={setTypes} />
        <TextInput
          label={texts.description}
          value={description}
          error={fieldError(create.error, "description")}
          onChange={(event) => setDescription(event.currentTarget.value)}
        />
        {unshown !== null && <ProblemAlert error={unshown} />}
        <div>
          <Button type="submit" disabled={url.trim() === ""} loading={create.isPending}>
            {texts.create}
          </Button>
        </div>
      </Stack>
    </form>
  );
}
