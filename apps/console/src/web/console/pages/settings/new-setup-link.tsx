import { Alert, Button, Checkbox, NumberInput, Stack, Text, TextInput } from "@mantine/core";
import { IconKey } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { dataOf } from "../../../api/client.ts";
import { CopyField } from "../../../components/copy-field.tsx";
import { fieldError, unshownError } from "../../../components/draft.ts";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import { INTENTS, type Intent, isIntent } from "./intents.ts";
import { settingsTexts } from "./texts.ts";

const DAYS = 30;

/** Makes a setup link, and shows its address this one time. */
export function NewSetupLink({ onDone }: { onDone(): void }) {
  const texts = useCatalogue(settingsTexts).links;
  const { slug } = useOrganization();
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [intents, setIntents] = useState<Intent[]>(["sso", "domain", "directory"]);
  const [days, setDays] = useState(DAYS);
  const make = useMutation({
    mutationFn: () =>
      dataOf(
        api.POST("/organizations/{org}/setup-links", {
          params: { path: { org: slug } },
          body: { intents, expiresInDays: days, ...(name.trim() === "" ? {} : { name }) },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["setup-links", slug] }),
  });
  if (make.data !== undefined) {
    return (
      <Stack>
        <Alert color="yellow" variant="light" icon={<IconKey size={20} aria-hidden />}>
          <Stack gap="sm">
            <Text size="md">{texts.urlOnce}</Text>
            <CopyField label={texts.url} value={make.data.url} />
          </Stack>
        </Alert>
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
  const unshown = unshownError(make.error, ["name", "intents", "expiresInDays"]);
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label={texts.name}
          description={texts.nameHelp}
          placeholder={texts.namePlaceholder}
          value={name}
          data-autofocus
          error={fieldError(make.error, "name")}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Checkbox.Group
          label={texts.intents}
          value={intents}
          error={fieldError(make.error, "intents")}
          onChange={(chosen) => setIntents(chosen.filter(isIntent))}
        >
          <Stack gap="xs" mt="xs">
            {INTENTS.map((intent) => (
              <Checkbox key={intent} value={intent} label={texts.intent[intent]} />
            ))}
          </Stack>
        </Checkbox.Group>
        <NumberInput
          label={texts.days}
          min={1}
          max={365}
          allowDecimal={false}
          value={days}
          error={fieldError(make.error, "expiresInDays")}
          onChange={(value) => setDays(typeof value === "number" ? value : DAYS)}
        />
        {unshown !== null && <ProblemAlert error={unshown} />}
        <div>
          <Button type="submit" disabled={intents.length === 0} loading={make.isPending}>
            {texts.make}
          </Button>
        </div>
      </Stack>
    </form>
  );
}
