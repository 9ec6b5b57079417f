import { Button, Radio, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { dataOf } from "../../../api/client.ts";
import { SecretOnce } from "../../../components/copy-field.tsx";
import { fieldError, unshownError } from "../../../components/draft.ts";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import type { RoleName } from "../../session.ts";
import { apiKeysTexts } from "./texts.ts";

const ROLES: readonly RoleName[] = ["operator", "organizationAdmin", "organizationViewer"];

/** Makes an API key, and shows it this one time. */
export function NewApiKey({ onDone }: { onDone(): void }) {
  const texts = useCatalogue(apiKeysTexts).form;
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [organization, setOrganization] = useState("");
  const [role, setRole] = useState<RoleName>("organizationViewer");
  const [expires, setExpires] = useState("");
  const make = useMutation({
    mutationFn: () =>
      dataOf(
        api.POST("/api-keys", {
          body: {
            name,
            role,
            organization: organization.trim() === "" ? null : organization.trim(),
            // The end of that day; what is no day is for the API to refuse, at its field.
            expiresAt: expires.trim() === "" ? null : `${expires.trim()}T23:59:59Z`,
          },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["api-keys"] }),
  });
  if (make.data !== undefined) {
    return (
      <Stack>
        <SecretOnce label={texts.key} value={make.data.key} />
        <div>
          <Button variant="default" onClick={onDone}>
            {texts.done}
          </Button>
        </div>
      </Stack>
    );
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  const unshown = unshownError(make.error, ["name", "organization", "role", "expiresAt"]);
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label={texts.name}
          description={texts.nameHelp}
          value={name}
          data-autofocus
          error={fieldError(make.error, "name")}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label={texts.organization}
          description={texts.organizationHelp}
          value={organization}
          error={fieldError(make.error, "organization")}
          onChange={(event) => setOrganization(event.currentTarget.value)}
        />
        <Radio.Group
          label={texts.role}
          value={role}
          error={fieldError(make.error, "role")}
          onChange={(value) => setRole(ROLES.find((known) => known === value) ?? role)}
        >
          <Stack gap="xs" mt="xs">
            {ROLES.map((value) => (
              <Radio key={value} value={value} label={texts.roles[value]} />
            ))}
          </Stack>
        </Radio.Group>
        <TextInput
          label={texts.expires}
          description={texts.expiresHelp}
          placeholder="2027-11-29"
          value={expires}
          error={fieldError(make.error, "expiresAt")}
          onChange={(event) => setExpires(event.currentTarget.value)}
        />
        {unshown !== null && <ProblemAlert error={unshown} />}
        <div>
          <Button type="submit" disabled={name.trim() === ""} loading={make.isPending}>
            {texts.create}
          </Button>
        </div>
      </Stack>
    </form>
  );
}
