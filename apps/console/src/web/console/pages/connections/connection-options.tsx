import { Checkbox, NativeSelect, Stack, TextInput } from "@mantine/core";
import type { UseMutationResult } from "@tanstack/react-query";
import type { Schemas } from "../../../api/client.ts";
import { fieldError, useDraft } from "../../../components/draft.ts";
import { DraftForm } from "../../../components/draft-form.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import type { Connection } from "./connection.ts";
import { optionsTexts } from "./options-texts.ts";

export type DraftBody = Schemas["NewConnectionDraft"];
type Saving = UseMutationResult<Schemas["ConnectionDraft"], Error, DraftBody>;

const words = (text: string) => text.split(/\s+/).filter((word) => word !== "");

interface SamlOptionsProps {
  readonly saml: NonNullable<Connection["saml"]>;
  readonly saving: Saving;
}

/** How a SAML connection's messages are signed and judged, and what is asked of the identity provider. */
export function SamlOptions({ saml, saving }: SamlOptionsProps) {
  const texts = useCatalogue(optionsTexts);
  const { signRequests, forceAuthn, allowSha1, holdMetadataChanges, authnContext, groupsDelimiter } = saml;
  const draft = useDraft({
    ...{ signRequests, forceAuthn, allowSha1, holdMetadataChanges },
    authnContext: authnContext?.join(" ") ?? "",
    groupsDelimiter: groupsDelimiter ?? "",
  });
  const save = () => {
    const { authnContext: contexts, groupsDelimiter: delimiter, ...toggles } = draft.changes;
    const body = {
      ...toggles,
      ...(contexts === undefined ? {} : { authnContext: words(contexts) }),
      ...(delimiter === undefined ? {} : { groupsDelimiter: delimiter === "" ? null : delimiter }),
    };
    saving.mutate({ basedOn: "draft", saml: body }, { onSuccess: draft.discard });
  };
  const toggles = [
    "signRequests",
    "forceAuthn",
    ...(saml.metadataUrl === undefined ? [] : (["holdMetadataChanges"] as const)),
    "allowSha1",
  ] as const;
  return (
    <DraftForm draft={draft} saving={saving} onSave={save} within="saml">
      <Stack gap="sm">
        {toggles.map((name) => (
          <Checkbox
            key={name}
            label={texts.saml[name]}
            description={texts.samlHelp[name]}
            checked={draft.values[name]}
            error={fieldError(saving.error, `saml.${name}`)}
            onChange={(event) => draft.set(name, event.currentTarget.checked)}
          />
        ))}
      </Stack>
      <TextInput
        label={texts.authnContext}
        description={texts.authnContextHelp}
        value={draft.values.authnContext}
        error={fieldError(saving.error, "saml.authnContext")}
        onChange={(event) => draft.set("authnContext", event.currentTarget.value)}
      />
      <TextInput
        label={texts.groupsDelimiter}
        description={texts.groupsDelimiterHelp}
        value={draft.values.groupsDelimiter}
        error={fieldError(saving.error, "saml.groupsDelimiter")}
        onChange={(event) => draft.set("groupsDelimiter", event.currentTarget.value)}
      />
    </DraftForm>
  );
}

interface OidcOptionsProps {
  readonly oidc: NonNullable<Connection["oidc"]>;
  readonly saving: Saving;
}

const SWITCHES = ["pushAuthorizationRequests", "logoutAtIdp"] as const;
const METHODS = [
  "client_secret_basic",
  "client_secret_post",
  "client_secret_jwt",
  "private_key_jwt",
] as const;

/** What is asked of an OpenID Provider, and how the connection makes itself known there. */
export function OidcOptions({ oidc, saving }: OidcOptionsProps) {
  const texts = useCatalogue(optionsTexts);
  const draft = useDraft({
    scopes: oidc.scopes.join(" "),
    groupsClaim: oidc.groupsClaim ?? "",
    groupsDelimiter: oidc.groupsDelimiter ?? "",
    clientAuthentication: oidc.clientAuthentication ?? "",
    pushAuthorizationRequests: choiceOf(oidc.pushAuthorizationRequests),
    logoutAtIdp: choiceOf(oidc.logoutAtIdp),
  });
  const save = () => {
    const { scopes, groupsClaim, groupsDelimiter, clientAuthentication, ...switches } = draft.changes;
    const method = METHODS.find((one) => one === clientAuthentication);
    const body = {
      ...(scopes === undefined ? {} : { scopes: words(scopes) }),
      ...(groupsClaim === undefined ? {} : { groupsClaim }),
      ...(groupsDelimiter === undefined
        ? {}
        : { groupsDelimiter: groupsDelimiter === "" ? null : groupsDelimiter }),
      ...(method === undefined ? {} : { clientAuthentication: method }),
      ...Object.fromEntries(Object.entries(switches).map(([name, choice]) => [name, choice === "yes"])),
    };
    saving.mutate({ basedOn: "draft", oidc: body }, { onSuccess: draft.discard });
  };
  // What was once chosen cannot be left to the discovery document again.
  const offered = (isChosen: boolean) => (isChosen ? [] : [{ value: "", label: texts.byDiscovery }]);
  return (
    <DraftForm draft={draft} saving={saving} onSave={save} within="oidc">
      <TextInput
        label={texts.scopes}
        value={draft.values.scopes}
        error={fieldError(saving.error, "oidc.scopes")}
        onChange={(event) => draft.set("scopes", event.currentTarget.value)}
      />
      <TextInput
        label={texts.groupsClaim}
        description={texts.groupsClaimHelp}
        value={draft.values.groupsClaim}
        error={fieldError(saving.error, "oidc.groupsClaim")}
        onChange={(event) => draft.set("groupsClaim", event.currentTarget.value)}
      />
      <TextInput
        label={texts.groupsDelimiter}
        description={texts.groupsDelimiterHelp}
        value={draft.values.groupsDelimiter}
        error={fieldError(saving.error, "oidc.groupsDelimiter")}
        onChange={(event) => draft.set("groupsDelimiter", event.currentTarget.value)}
      />
      <NativeSelect
        label={texts.clientAuthentication}
        value={draft.values.clientAuthentication}
        data={[...offered(oidc.clientAuthentication !== undefined), ...METHODS]}
        error={fieldError(saving.error, "oidc.clientAuthentication")}
        onChange={(event) => draft.set("clientAuthentication", event.currentTarget.value)}
      />
      {SWITCHES.map((name) => (
        <NativeSelect
          key={name}
          label={texts.oidc[name]}
          value={draft.values[name]}
          data={[
            ...offered(oidc[name] !== undefined),
            { value: "yes", label: texts.yes },
            { value: "no", label: texts.no },
          ]}
          error={fieldError(saving.error, `oidc.${name}`)}
          onChange={(event) => draft.set(name, event.currentTarget.value)}
        />
      ))}
    </DraftForm>
  );
}

const choiceOf = (chosen: boolean | undefined): string => (chosen === undefined ? "" : chosen ? "yes" : "no");
