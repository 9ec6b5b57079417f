import { Button, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Schemas } from "../api/client.ts";
import { useTexts } from "../texts/texts.tsx";
import { IdpInspection, type Inspector, inspectionQuery, isAddress } from "./idp-inspection.tsx";
import { objectionToIssuer, objectionToSecret } from "./objections.ts";

export interface OidcInput {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret?: string;
}

const DISCOVERY = /\/\.well-known\/openid-configuration$/;

/** The client at an OpenID Provider. The address of its discovery document is as good as its issuer. */
export function OidcForm(props: {
  readonly stored: Schemas["Connection"]["oidc"];
  readonly inspector: Inspector;
  readonly saving: boolean;
  onSave(input: OidcInput): void;
}) {
  const texts = useTexts();
  const { stored } = props;
  const [issuer, setIssuer] = useState(stored?.issuer ?? "");
  const [clientId, setClientId] = useState(stored?.clientId ?? "");
  const [clientSecret, setClientSecret] = useState("");
  const wrong = {
    issuer: objectionToIssuer(issuer, texts.connect),
    clientSecret: objectionToSecret(clientSecret, texts.connect),
  };
  const complete = issuer !== "" && clientId !== "" && (clientSecret !== "" || stored !== undefined);
  const ready = complete && wrong.issuer === null && wrong.clientSecret === null;
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  // The issuer that was found to be of no use, and is saved all the same if it is still wanted.
  const [useless, setUseless] = useState<string>();
  const isUseless = async () => {
    if (!isAddress(issuer)) {
      return false;
    }
    setAsking(true);
    try {
      const { problem } = await queries.fetchQuery(inspectionQuery(props.inspector, "issuer", issuer));
      return problem !== null;
    } catch {
      return false; // it could not be asked now: the test shows whether it works
    } finally {
      setAsking(false);
    }
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!ready) {
      return;
    }
    if (useless !== issuer && (await isUseless())) {
      setUseless(issuer);
      return;
    }
    const secret = clientSecret === "" ? {} : { clientSecret };
    props.onSave({ issuer, clientId, ...secret });
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack>
        <TextInput
          label={texts.connect.issuer}
          placeholder="https://"
          value={issuer}
          error={wrong.issuer}
          onChange={(event) => setIssuer(event.currentTarget.value.trim().replace(DISCOVERY, ""))}
        />
        <IdpInspection
          inspector={props.inspector}
          kind="issuer"
          address={wrong.issuer === null ? issuer : ""}
          onUse={(named) => setIssuer(named)}
        />
        <TextInput
          label={texts.connect.clientId}
          value={clientId}
          onChange={(event) => setClientId(event.currentTarget.value.trim())}
        />
        <PasswordInput
          label={texts.connect.clientSecret}
          description={stored === undefined ? undefined : texts.connect.clientSecretKept}
          autoComplete="off"
          value={clientSecret}
          error={wrong.clientSecret}
          onChange={(event) => setClientSecret(event.currentTarget.value.trim())}
        />
        {useless === issuer && (
          <Text c="var(--bad-text)" role="alert">
            {texts.connect.useless}
          </Text>
        )}
        <div>
          <Button type="submit" disabled={!ready} loading={props.saving || asking}>
            {useless === issuer ? texts.connect.saveAnyway : texts.connect.save}
          </Button>
        </div>
      </Stack>
    </form>
  );
}
