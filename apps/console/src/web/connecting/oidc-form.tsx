import { Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import type { Schemas } from "../api/client.ts";
import { useTexts } from "../texts/texts.tsx";
import { IdpInspection, type Inspector } from "./idp-inspection.tsx";
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
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (ready) {
      const secret = clientSecret === "" ? {} : { clientSecret };
      props.onSave({ issuer, clientId, ...secret });
    }
  };
  return (
    <form onSubmit={submit}>
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
        <div>
          <Button type="submit" disabled={!ready} loading={props.saving}>
            {texts.connect.save}
          </Button>
        </div>
      </Stack>
    </form>
  );
}
