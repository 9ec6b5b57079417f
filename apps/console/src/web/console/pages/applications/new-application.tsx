import { Button, Checkbox, Stack, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { dataOf } from "../../../api/client.ts";
import { CopyField, SecretOnce } from "../../../components/copy-field.tsx";
import { fieldError, unshownError } from "../../../components/draft.ts";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { linesOf } from "./lines.ts";
import { applicationsTexts } from "./texts.ts";

/** Makes an application, shows its secret this one time, and goes to its page. */
export function NewApplication() {
  const { form: texts, page } = useCatalogue(applicationsTexts);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [redirectUris, setRedirectUris] = useState("");
  const [isPublic, setPublic] = useState(false);
  const goTo = (applicationId: string) =>
    navigate({ to: "/applications/$applicationId", params: { applicationId } });
  const create = useMutation({
    mutationFn: () =>
      dataOf(
        api.POST("/applications", {
          body: { name, redirectUris: linesOf(redirectUris), public: isPublic },
        }),
      ),
    onSuccess: async ({ id, clientSecret }) => {
      await queries.invalidateQueries({ queryKey: ["applications"] });
      if (clientSecret === undefined) {
        await goTo(id);
      }
    },
  });
  if (create.data?.clientSecret !== undefined) {
    const { id, clientId, clientSecret } = create.data;
    return (
      <Stack>
        <CopyField label={page.clientId} value={clientId} />
        <SecretOnce label={texts.secret} value={clientSecret} />
        <div>
          <Button variant="default" onClick={() => void goTo(id)}>
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
  const unshown = unshownError(create.error, ["name", "redirectUris", "public"]);
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
        <Textarea
          label={texts.redirectUris}
          description={texts.redirectUrisHelp}
          placeholder="https://app.example.com/callback"
          autosize
          minRows={2}
          value={redirectUris}
          error={fieldError(create.error, "redirectUris")}
          onChange={(event) => setRedirectUris(event.currentTarget.value)}
        />
        <Checkbox
          label={texts.public}
          checked={isPublic}
          onChange={(event) => setPublic(event.currentTarget.checked)}
        />
        {unshown !== null && <ProblemAlert error={unshown} />}
        <div>
          <Button
            type="submit"
            disabled={name.trim() === "" || redirectUris.trim() === ""}
            loading={create.isPending}
          >
            {texts.create}
          </Button>
        </div>
      </Stack>
    </form>
  );
}
