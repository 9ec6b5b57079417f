import { Button, Checkbox, Group, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { changesOf, fieldError, unshownError } from "../../../components/draft.ts";
import { UnsavedGuard } from "../../../components/draft-form.tsx";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { useSearchParams } from "../../../components/search-params.ts";
import { componentTexts } from "../../../components/texts.ts";
import { useCatalogue } from "../../../texts/language.tsx";
import { destinationOf, isComplete, needsSecret, receiverOf, valuesOf } from "./destination.ts";
import { type CollectorStream, type StreamPatch, useOwner } from "./owner.ts";
import { StreamFields, shownFields } from "./stream-fields.tsx";
import { auditStreamsTexts } from "./texts.ts";

type Edited = Required<Pick<StreamPatch, "name" | "destination">>;

/** Changes a stream: all but its kind. */
export function EditStreamForm({ stream }: { readonly stream: CollectorStream }) {
  const { form } = useCatalogue(auditStreamsTexts);
  const common = useCatalogue(componentTexts);
  const { streams } = useOwner();
  const { change } = useSearchParams();
  const queries = useQueryClient();
  const kind = stream.destination.type;
  const [name, setName] = useState(stream.name);
  const [values, setValues] = useState(() => valuesOf(stream.destination));
  const [secret, setSecret] = useState("");
  const [withoutSecret, setWithoutSecret] = useState(false);
  const destination = destinationOf(kind, values);
  const moved = receiverOf(destination) !== receiverOf(stream.destination);
  // Whom the secret was for may not be who gets it now: the gateway sends the old one to no other host.
  const asksSecret = moved && (stream.hasSecret || needsSecret(kind)) && !withoutSecret;
  const patch: StreamPatch = {
    ...changesOf<Edited>(stream, { name: name.trim(), destination }),
    ...(secret !== "" ? { secret } : withoutSecret || (moved && !stream.hasSecret) ? { secret: null } : {}),
  };
  const changed = Object.keys(patch).length > 0;
  const close = () => change({ panel: undefined });
  const save = useMutation({
    mutationFn: () => streams.update(stream.id, patch),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["audit-streams"] });
      close();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  const unshown = unshownError(save.error, shownFields(kind));
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label={form.name}
          value={name}
          data-autofocus
          error={fieldError(save.error, "name")}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <StreamFields
          kind={kind}
          values={values}
          secret={secret}
          secretHelp={asksSecret ? form.secretAnew : stream.hasSecret ? form.secretStays : form.secretHelp}
          error={save.error}
          onValues={setValues}
          onSecret={(typed) => {
            setSecret(typed);
            setWithoutSecret(false);
          }}
        />
        {kind === "http" && stream.hasSecret && (
          <Checkbox
            label={form.withoutSecret}
            checked={withoutSecret}
            onChange={(event) => {
              setWithoutSecret(event.currentTarget.checked);
              setSecret("");
            }}
          />
        )}
        {unshown !== null && <ProblemAlert error={unshown} />}
        <Group>
          <Button
            type="submit"
            disabled={
              !changed || name.trim() === "" || !isComplete(kind, values) || (asksSecret && secret === "")
            }
            loading={save.isPending}
          >
            {common.save}
          </Button>
          <Button variant="default" onClick={close}>
            {common.cancel}
          </Button>
        </Group>
      </Stack>
      <UnsavedGuard when={changed && !save.isPending} />
    </form>
  );
}
