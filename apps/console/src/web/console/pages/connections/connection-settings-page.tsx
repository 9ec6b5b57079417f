import { Stack, Text, TextInput, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { CopyField } from "../../../components/copy-field.tsx";
import { DetailList } from "../../../components/detail-list.tsx";
import { fieldError, useDraft } from "../../../components/draft.ts";
import { DraftForm } from "../../../components/draft-form.tsx";
import { Id } from "../../../components/id.tsx";
import { ButtonLink } from "../../../components/link.tsx";
import { StateDot } from "../../../components/state-dot.tsx";
import { Time } from "../../../components/time.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { useOrganization } from "../../organization.ts";
import { useMay } from "../../session.ts";
import { type Connection, type ConnectionInUse, productOfConnection, useConnection } from "./connection.ts";
import { ConnectionActs } from "./connection-acts.tsx";
import { problemsOf } from "./problems.ts";
import { ConnectionSignals } from "./signals.tsx";
import { type ConnectionsTexts, connectionsTexts } from "./texts.ts";
import { UniversalLogout } from "./universal-logout.tsx";
import { useUpdateConnection } from "./update-connection.ts";

/** What a connection is called, what its identity provider must be told, and what it told us. */
export function ConnectionSettingsPage() {
  const texts = useCatalogue(connectionsTexts);
  const connection = useConnection();
  const mayWrite = useMay("connections.write");
  const draft = useDraft({ name: connection.name });
  const save = useUpdateConnection();
  const problems = problemsOf(connection, texts.problems);
  return (
    <Stack gap="xl" className="narrow">
      {problems.length > 0 && (
        <ul className="facts">
          {problems.map(({ kind, text }) => (
            <li key={text}>
              <StateDot kind={kind}>{text}</StateDot>
            </li>
          ))}
        </ul>
      )}
      <DraftForm
        draft={draft}
        saving={save}
        onSave={() => save.mutate(draft.changes, { onSuccess: draft.discard })}
      >
        <TextInput
          label={texts.name}
          description={texts.nameHelp}
          value={draft.values.name}
          readOnly={!mayWrite}
          error={fieldError(save.error, "name")}
          onChange={(event) => draft.set("name", event.currentTarget.value)}
        />
      </DraftForm>
      <section aria-labelledby="ours">
        <Title order={2} size="h3" id="ours">
          {texts.ours.title}
        </Title>
        <Text c="dimmed" mb="md">
          {texts.ours.lead(productOfConnection(connection).name)}
        </Text>
        <Stack>
          {ourValues(connection, texts.ours).map(([label, value]) => (
            <CopyField key={label} label={label} value={value} />
          ))}
        </Stack>
      </section>
      <TheirValues connection={connection} />
      {connection.saml !== undefined && <UniversalLogout saml={connection.saml} />}
      <ConnectionSignals connection={connection} />
      {mayWrite && <ConnectionActs connection={connection} />}
    </Stack>
  );
}

/** What the identity provider must be told of us. */
function ourValues(
  { saml, oidc }: Connection,
  texts: ConnectionsTexts["ours"],
): readonly (readonly [string, string])[] {
  if (saml !== undefined) {
    return [
      [texts.acsUrl, saml.acsUrl],
      [texts.entityId, saml.spEntityId],
      [texts.metadataUrl, saml.spMetadataUrl],
      [texts.logoutUrl, saml.spSloUrl],
      [texts.globalTokenRevocationUri, saml.globalTokenRevocationUri],
    ];
  }
  if (oidc !== undefined) {
    return [
      [texts.redirectUri, oidc.redirectUri],
      [texts.postLogoutRedirectUri, oidc.postLogoutRedirectUri],
      [texts.backchannelLogoutUri, oidc.backchannelLogoutUri],
      [texts.globalTokenRevocationUri, oidc.globalTokenRevocationUri],
      ...(oidc.clientAuthentication === "private_key_jwt" ? [[texts.jwksUri, oidc.jwksUri] as const] : []),
    ];
  }
  return [];
}

/** What we know of the identity provider. */
function TheirValues({ connection }: { readonly connection: ConnectionInUse }) {
  const { theirs: texts, lastLogin, never, change } = useCatalogue(connectionsTexts);
  const { slug } = useOrganization();
  const mayWrite = useMay("connections.write");
  const { saml, oidc, id, createdAt, updatedAt, lastLoginAt } = connection;
  const facts: (readonly [string, ReactNode])[] = [
    ...(saml === undefined
      ? []
      : ([
          [texts.idpEntityId, <code key="entity">{saml.idpEntityId}</code>],
          [texts.ssoUrl, <code key="sso">{saml.ssoUrl}</code>],
          ...(saml.metadataUrl === undefined
            ? []
            : [[texts.metadataUrl, <code key="metadata">{saml.metadataUrl}</code>] as const]),
          ...(saml.metadata?.refreshedAt == null
            ? []
            : [[texts.refreshed, <Time key="refreshed" at={saml.metadata.refreshedAt} />] as const]),
          [
            texts.certificates,
            <ul key="certificates" className="reasons">
              {saml.certificates.map((certificate) => (
                <li key={certificate.fingerprint}>
                  {certificate.subject} <Id value={certificate.fingerprint} />, {texts.ends}{" "}
                  <Time at={certificate.notAfter} />
                </li>
              ))}
            </ul>,
          ],
        ] as const)),
    ...(oidc === undefined
      ? []
      : ([
          [texts.issuer, <code key="issuer">{oidc.issuer}</code>],
          [texts.clientId, <code key="client">{oidc.clientId}</code>],
          [texts.scopes, oidc.scopes.join(" ")],
        ] as const)),
    [lastLogin, lastLoginAt === null ? never : <Time key="login" at={lastLoginAt} />],
    [texts.id, <Id key="id" value={id} />],
    [texts.made, <Time key="made" at={createdAt} />],
    [texts.changed, <Time key="changed" at={updatedAt} />],
  ];
  return (
    <section aria-labelledby="theirs">
      <Title order={2} size="h3" id="theirs">
        {texts.title}
      </Title>
      <Text c="dimmed" mb="md">
        {texts.lead}
      </Text>
      <DetailList items={facts} />
      {mayWrite && (
        <ButtonLink
          variant="default"
          to="/organizations/$org/connections/$connectionId/change"
          params={{ org: slug, connectionId: id }}
        >
          {change}
        </ButtonLink>
      )}
    </section>
  );
}
