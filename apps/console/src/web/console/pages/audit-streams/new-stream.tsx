import { Button, Checkbox, NativeSelect, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { fieldError, unshownError } from "../../../components/draft.ts";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { useSearchParams } from "../../../components/search-params.ts";
import { useCatalogue } from "../../../texts/language.tsx";
import {
  type DestinationValues,
  destinationOf,
  FIELDS,
  KINDS,
  type Kind,
  NEEDED,
  SITES,
} from "./destination.ts";
import { useOwner } from "./owner.ts";
import { auditStreamsTexts } from "./texts.ts";

/** Adds a stream, and shows it. */
export function NewStreamForm() {
  const texts = useCatalogue(auditStreamsTexts);
  const { form } = texts;
  const { streams } = useOwner();
  const { change } = useSearchParams();
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [kind, setKind] = useState<Kind>("splunk");
  const [values, setValues] = useState<DestinationValues>({ site: "datadoghq.com" });
  const [secret, setSecret] = useState("");
  const [fromBeginning, setFromBeginning] = useState(false);
  const create = useMutation({
    mutationFn: () =>
      streams.create({
        name: name.trim(),
        destination: destinationOf(kind, values),
        ...(secret === "" ? {} : { secret }),
        fromBeginning,
      }),
    onSuccess: async ({ id }) => {
      await queries.invalidateQueries({ queryKey: ["audit-streams"] });
      change({ panel: undefined, stream: id });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  const errorOf = (field: string) => fieldError(create.error, field);
  const set = (field: keyof DestinationValues) => (event: { currentTarget: { value: string } }) =>
    setValues({ ...values, [field]: event.currentTarget.value });
  const complete =
    name.trim() !== "" &&
    NEEDED[kind].every((field) => (values[field] ?? "") !== "") &&
    (secret !== "" || kind === "http");
  const shown = ["name", "secret", ...FIELDS[kind].map((field) => `destination.${field}`)];
  const unshown = unshownError(create.error, shown);
  const help: Partial<Record<keyof DestinationValues, string>> = {
    ...(kind === "splunk" || kind === "http" ? { url: form.urlHelp[kind] } : {}),
    index: form.indexHelp,
    tags: form.tagsHelp,
    endpoint: form.endpointHelp,
    prefix: form.prefixHelp,
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label={form.name}
          placeholder={form.namePlaceholder}
          value={name}
          data-autofocus
          error={errorOf("name")}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <NativeSelect
          label={form.type}
          value={kind}
          data={KINDS.map((each) => ({ value: each, label: texts.types[each] }))}
          onChange={(event) => setKind(KINDS.find((each) => each === event.currentTarget.value) ?? "http")}
        />
        {FIELDS[kind].map((field) =>
          field === "site" ? (
            <NativeSelect
              key={field}
              label={form.site}
              value={values.site ?? ""}
              data={[...SITES]}
              onChange={set("site")}
            />
          ) : (
            <TextInput
              key={field}
              label={form[field]}
              description={help[field]}
              value={values[field] ?? ""}
              error={errorOf(`destination.${field}`)}
              onChange={set(field)}
            />
          ),
        )}
        <PasswordInput
          label={form.secret[kind]}
          description={form.secretHelp}
          value={secret}
          autoComplete="off"
          error={errorOf("secret")}
          onChange={(event) => setSecret(event.currentTarget.value)}
        />
        <Checkbox
          label={form.fromBeginning}
          checked={fromBeginning}
          onChange={(event) => setFromBeginning(event.currentTarget.checked)}
        />
        {unshown !== null && <ProblemAlert error={unshown} />}
        <div>
          <Button type="submit" disabled={!complete} loading={create.isPending}>
            {form.submit}
          </Button>
        </div>
      </Stack>
    </form>
  );
}
