import { NumberInput, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Schemas } from "../../../api/client.ts";
import { fieldError, useDraft } from "../../../components/draft.ts";
import { DraftForm } from "../../../components/draft-form.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { useOrganization } from "../../organization.ts";
import { useMay } from "../../session.ts";
import { guardTexts } from "./guard-texts.ts";

type Guard = Schemas["Guard"];
type GuardSettings = Schemas["GuardSettings"];

const FIELDS = [
  { name: "people", min: 1, max: 1_000_000 },
  { name: "share", min: 0, max: 100 },
  { name: "minutes", min: 1, max: 1440 },
] as const;

interface GuardFormProps {
  readonly guard: Guard;
  onSave(settings: GuardSettings): Promise<Guard>;
}

/** The numbers of a guard, and in one sentence what they mean. */
export function GuardForm({ guard, onSave }: GuardFormProps) {
  const texts = useCatalogue(guardTexts);
  const { slug } = useOrganization();
  const queries = useQueryClient();
  const mayWrite = useMay("guards.write");
  const { share, people, minutes } = guard;
  // A field that is being typed in may be empty.
  const draft = useDraft<Record<keyof GuardSettings, number | null>>({ people, share, minutes });
  const entered = settingsIn(draft.values);
  const save = useMutation({
    mutationFn: onSave,
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["guards", slug] });
      draft.discard();
    },
  });
  const submit = () => {
    if (entered !== null) {
      save.mutate(entered);
    }
  };
  return (
    <DraftForm draft={draft} saving={save} onSave={submit} ready={entered !== null}>
      {FIELDS.map(({ name, min, max }) => (
        <NumberInput
          key={name}
          label={texts[name]}
          description={texts[`${name}Help`]}
          min={min}
          max={max}
          allowDecimal={false}
          hideControls
          maw={240}
          readOnly={!mayWrite}
          value={draft.values[name] ?? ""}
          error={fieldError(save.error, name) ?? (draft.values[name] === null ? texts.number : undefined)}
          onChange={(value) => draft.set(name, typeof value === "number" ? value : null)}
        />
      ))}
      {entered !== null && <Text>{texts.counts(entered.share, entered.people, entered.minutes)}</Text>}
    </DraftForm>
  );
}

function settingsIn({ people, share, minutes }: Record<keyof GuardSettings, number | null>) {
  return people === null || share === null || minutes === null ? null : { people, share, minutes };
}
