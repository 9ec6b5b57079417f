import { Button, Checkbox, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { CopyField } from "../../../components/copy-field.tsx";
import { fieldError, useDraft } from "../../../components/draft.ts";
import { DraftForm } from "../../../components/draft-form.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { useMay } from "../../session.ts";
import type { ConnectionInUse } from "./connection.ts";
import { SignalState } from "./signal-state.tsx";
import { connectionSignalsTexts } from "./signals-texts.ts";
import { useUpdateConnection } from "./update-connection.ts";

type Signals = NonNullable<NonNullable<ConnectionInUse["saml"]>["signals"]>;

/** Whose security events end sessions of the connection's people, and how they come. */
export function ConnectionSignals({ connection }: { readonly connection: ConnectionInUse }) {
  const texts = useCatalogue(connectionSignalsTexts);
  const mayWrite = useMay("connections.write");
  const save = useUpdateConnection();
  const settings = connection.saml ?? connection.oidc;
  const signals = settings?.signals ?? null;
  const draft = useDraft({
    issuer: signals?.issuer ?? "",
    jwksUri: signals?.jwksUri ?? "",
    audience: signals?.audience ?? "",
    strict: signals?.strict ?? false,
  });
  if (settings === undefined) {
    return null;
  }
  const store = (to: Signals | null) =>
    save.mutate(connection.saml === undefined ? { oidc: { signals: to } } : { saml: { signals: to } }, {
      onSuccess: draft.discard,
    });
  const { issuer, jwksUri, audience, strict } = draft.values;
  const given = {
    issuer,
    ...(jwksUri === "" ? {} : { jwksUri }),
    ...(audience === "" ? {} : { audience }),
    ...(strict ? { strict } : {}),
  };
  const errorOf = (name: string) => fieldError(save.error, `${connection.type}.signals.${name}`);
  return (
    <section aria-labelledby="connection-signals">
      <Title order={2} size="h3" id="connection-signals">
        {texts.title}
      </Title>
      <Text c="dimmed" mb="md">
        {texts.lead}
      </Text>
      <DraftForm draft={draft} saving={save} onSave={() => store(given)}>
        <TextInput
          label={texts.issuer}
          description={texts.issuerHelp}
          value={issuer}
          readOnly={!mayWrite}
          error={errorOf("issuer")}
          onChange={(event) => draft.set("issuer", event.currentTarget.value)}
        />
        <TextInput
          label={texts.jwksUri}
          description={texts.jwksUriHelp}
          value={jwksUri}
          readOnly={!mayWrite}
          error={errorOf("jwksUri")}
          onChange={(event) => draft.set("jwksUri", event.currentTarget.value)}
        />
        <TextInput
          label={texts.audience}
          description={texts.audienceHelp}
          value={audience}
          readOnly={!mayWrite}
          error={errorOf("audience")}
          onChange={(event) => draft.set("audience", event.currentTarget.value)}
        />
        <Checkbox
          label={texts.strict}
          checked={strict}
          disabled={!mayWrite}
          onChange={(event) => draft.set("strict", event.currentTarget.checked)}
        />
      </DraftForm>
      {signals !== null && (
        <Stack mt="md">
          {mayWrite && (
            <Group>
              <Button variant="default" loading={save.isPending} onClick={() => store(null)}>
                {texts.off}
              </Button>
            </Group>
          )}
          <SignalState connectionId={connection.id} />
          <CopyField label={texts.state.address} value={settings.signalEventsUri} />
        </Stack>
      )}
    </section>
  );
}
