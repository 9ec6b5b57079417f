import { Button, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { dataOf } from "../../../api/client.ts";
import { fieldError, unshownError } from "../../../components/draft.ts";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { useSearchParams } from "../../../components/search-params.ts";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import { PermissionsInput } from "./permissions-input.tsx";
import { rolesTexts } from "./texts.ts";

/** Creates a role, and shows it. */
export function NewRole() {
  const texts = useCatalogue(rolesTexts).roles;
  const { slug } = useOrganization();
  const { change } = useSearchParams();
  const queries = useQueryClient();
  const [key, setKey] = useState("");
  const [name, setName] = useState("");
  const [permissions, setPermissions] = useState<string[]>([]);
  const create = useMutation({
    mutationFn: () =>
      dataOf(
        api.POST("/organizations/{org}/roles", {
          params: { path: { org: slug } },
          body: { key, name, permissions },
        }),
      ),
    onSuccess: async ({ id }) => {
      await queries.invalidateQueries({ queryKey: ["roles", slug] });
      change({ panel: undefined, role: id });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  const unshown = unshownError(create.error, ["key", "name", "permissions"]);
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label={texts.name}
          placeholder={texts.namePlaceholder}
          value={name}
          data-autofocus
          error={fieldError(create.error, "name")}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label={texts.key}
          description={texts.keyHelp}
          value={key}
          error={fieldError(create.error, "key")}
          onChange={(event) => setKey(event.currentTarget.value.trim())}
        />
        <PermissionsInput
          value={permissions}
          onChange={setPermissions}
          error={fieldError(create.error, "permissions")}
        />
        {unshown !== null && <ProblemAlert error={unshown} />}
        <div>
          <Button type="submit" disabled={key === "" || name.trim() === ""} loading={create.isPending}>
            {texts.create}
          </Button>
        </div>
      </Stack>
    </form>
  );
}
