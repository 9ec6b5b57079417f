import { Button, Group, Text, TextInput, Title } from "@mantine/core";
import { fieldError, useDraft } from "../../../components/draft.ts";
import { DraftForm } from "../../../components/draft-form.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { useMay } from "../../session.ts";
import type { Connection } from "./connection.ts";
import { connectionsTexts } from "./texts.ts";
import { useUpdateConnection } from "./update-connection.ts";

/** Who may have all sessions of a person ended by a JWT that they sign. */
export function UniversalLogout({ saml }: { readonly saml: NonNullable<Connection["saml"]> }) {
  const texts = useCatalogue(connectionsTexts).universalLogout;
  const mayWrite = useMay("connections.write");
  const save = useUpdateConnection();
  const { universalLogout } = saml;
  const draft = useDraft({ issuer: universalLogout?.issuer ?? "", jwksUri: universalLogout?.jwksUri ?? "" });
  const store = (to: { issuer: string; jwksUri: string } | null) =>
    save.mutate({ saml: { universalLogout: to } }, { onSuccess: draft.discard });
  return (
    <section aria-labelledby="universal-logout">
      <Title order={2} size="h3" id="universal-logout">
        {texts.title}
      </Title>
      <Text c="dimmed" mb="md">
        {texts.lead}
      </Text>
      <DraftForm draft={draft} saving={save} onSave={() => store(draft.values)} within="saml.universalLogout">
        <TextInput
          label={texts.issuer}
          description={texts.issuerHelp}
          value={draft.values.issuer}
          readOnly={!mayWrite}
          error={fieldError(save.error, "saml.universalLogout.issuer")}
          onChange={(event) => draft.set("issuer", event.currentTarget.value)}
        />
        <TextInput
          label={texts.jwksUri}
          description={texts.jwksUriHelp}
          value={draft.values.jwksUri}
          readOnly={!mayWrite}
          error={fieldError(save.error, "saml.universalLogout.jwksUri")}
          onChange={(event) => draft.set("jwksUri", event.currentTarget.value)}
        />
      </DraftForm>
      {mayWrite && universalLogout !== null && (
        <Group mt="sm">
          <Button variant="default" loading={save.isPending} onClick={() => store(null)}>
            {texts.off}
          </Button>
        </Group>
      )}
    </section>
  );
}
