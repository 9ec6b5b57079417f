import { Button, Checkbox, NativeSelect, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { fieldError, unshownError } from "../../../components/draft.ts";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { useSearchParams } from "../../../components/search-params.ts";
import { useCatalogue } from "../../../texts/language.tsx";
import {
  type DestinationValues,
  destinationOf,
  isComplete,
  KINDS,
  type Kind,
  needsSecret,
} from "./destination.ts";
import { useOwner } from "./owner.ts";
import { StreamFields, shownFields } from "./stream-fields.tsx";
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
  const complete = name.trim() !== "" && isComplete(kind, values) && (secret !== "" || !needsSecret(kind));
  const unshown = unshownError(create.error, shownFields(kind));
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label={form.name}
          placeholder={form.namePlaceholder}
          value={name}
          data-autofocus
          error={fieldError(create.error, "name")}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <NativeSelect
          label={form.type}
          value={kind}
          data={KINDS.map((each) => ({ value: each, label: texts.types[each] }))}
          onChange={(event) => setKind(KINDS.find((each) => each === event.currentTarget.value) ?? "http")}
        />
        <StreamFields
          kind={kind}
          values={values}
          secret={secret}
          secretHelp={form.secretHelp}
          error={create.error}
          onValues={setValues}
          onSecret={setSecret}
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
