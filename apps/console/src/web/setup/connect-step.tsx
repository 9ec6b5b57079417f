import { Alert, Button, Group, Stack, Text, Title } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { dataOf, type Schemas } from "../api/client.ts";
import { ProblemAlert } from "../components/problem-alert.tsx";
import { OidcForm, type OidcInput } from "../connecting/oidc-form.tsx";
import { SamlForm, type SamlInput } from "../connecting/saml-form.tsx";
import type { Texts } from "../texts/en.ts";
import { useLanguage, useTexts } from "../texts/texts.tsx";
import { useConnectionChanged, useDraft } from "./connection-draft.ts";
import { useConnection, useProduct, useSetup } from "./setup-context.tsx";

type Input = { readonly saml: SamlInput } | { readonly oidc: OidcInput };

export function ConnectStep() {
  const texts = useTexts();
  const { language } = useLanguage();
  const { api, setup, progress, remember, go } = useSetup();
  const product = useProduct();
  const { data: connection } = useConnection();
  const org = setup.organization.id;
  const connectionId = setup.connection.id;
  const { data: draft } = useDraft();
  const changed = useConnectionChanged();
  const active = connection?.status === "active";
  // Of one that people sign in by the protocol stays.
  const protocol = active ? connection.type : (progress.protocol ?? "saml");
  const path = { org, connectionId };

  const save = useMutation({
    mutationFn: async (input: Input): Promise<Schemas["Connection"]> => {
      const named = {
        name: product?.name || setup.organization.name,
        provider: product?.provider ?? "generic",
      };
      if (active) {
        const body = { provider: named.provider, ...input } as Schemas["NewConnectionDraft"];
        await dataOf(
          api.PUT("/organizations/{org}/connections/{connectionId}/draft", { params: { path }, body }),
        );
        return connection;
      }
      if (connection?.type === protocol) {
        const body = { ...named, ...input } as Schemas["ConnectionPatch"];
        return dataOf(
          api.PATCH("/organizations/{org}/connections/{connectionId}", { params: { path }, body }),
        );
      }
      if (connection != null) {
        await dataOf(api.DELETE("/organizations/{org}/connections/{connectionId}", { params: { path } }));
      }
      const body = { type: protocol, ...named, ...input } as Schemas["NewConnection"];
      return dataOf(api.POST("/organizations/{org}/connections", { params: { path: { org } }, body }));
    },
    onSuccess: (saved) => {
      remember({ tested: false });
      return changed(saved);
    },
  });

  const stored = draft?.connection ?? (connection?.type === protocol ? connection : null);
  return (
    <Stack className="narrow">
      <Title order={1}>{texts.connect.title}</Title>
      <Text>{active ? texts.connect.leadActive : texts.connect.lead}</Text>
      {protocol === "saml" ? (
        <SamlForm
          key={draft?.savedAt}
          own={setup.connection.saml}
          byUrl={product?.metadataUrl ?? true}
          stored={stored?.saml}
          inspector={{ api, org }}
          saving={save.isPending}
          onSave={(saml) => save.mutate({ saml })}
        />
      ) : (
        <OidcForm
          key={draft?.savedAt}
          stored={stored?.oidc}
          inspector={{ api, org }}
          saving={save.isPending}
          onSave={(oidc) => save.mutate({ oidc })}
        />
      )}
      {save.isError && <ProblemAlert error={save.error} />}
      {stored !== null && !save.isPending && !save.isError && (
        <>
          <Text c="var(--good-text)" fw={500} role="status">
            {understood(stored, texts.connect, language)} {texts.connect.saved}
          </Text>
          <CertificateNotes connection={stored} />
        </>
      )}
      <Group>
        <Button disabled={stored === null} onClick={() => go("test")}>
          {texts.next}
        </Button>
        <Button variant="default" onClick={() => go("guide")}>
          {texts.back}
        </Button>
      </Group>
    </Stack>
  );
}

/** What was understood, in one line: who the IdP is, and until when its certificate is valid. */
function understood(
  { saml, oidc }: Schemas["Connection"],
  texts: Texts["connect"],
  language: string,
): string {
  if (saml === undefined) {
    return oidc?.issuer ?? "";
  }
  const until = lastCertificate(saml)?.notAfter;
  return until === undefined
    ? saml.idpEntityId
    : texts.understood(saml.idpEntityId, showDay(until, language));
}

/** A certificate that has ended, or soon does. */
function CertificateNotes({ connection: { saml } }: { readonly connection: Schemas["Connection"] }) {
  const texts = useTexts().connect;
  const { language } = useLanguage();
  const certificate = saml === undefined ? undefined : lastCertificate(saml);
  if (certificate === undefined || !certificate.expiring) {
    return null;
  }
  const day = showDay(certificate.notAfter, language);
  return (
    <Alert color="yellow" variant="light" icon={<IconAlertTriangle size={20} aria-hidden />}>
      {certificate.expired ? texts.certificateEnded(day) : texts.certificateEnds(day)}
    </Alert>
  );
}

function lastCertificate({ certificates }: NonNullable<Schemas["Connection"]["saml"]>) {
  return certificates.toSorted((one, other) => one.notAfter.localeCompare(other.notAfter)).at(-1);
}

function showDay(time: string, language: string): string {
  return new Date(time).toLocaleDateString(language, { dateStyle: "long" });
}
