import {
  connectionProvider,
  type OidcSettings,
  oidcJwksUri,
  oidcLogoutUrls,
  oidcRedirectUri,
  parseConnectionSettings,
  type SamlSettings,
  samlServiceProvider,
  signalEventsPath,
} from "@sallyport/connections";
import type { Prisma } from "@sallyport/database";
import type { z } from "zod";
import type { ManagementApiDeps } from "../../deps.ts";
import { certificateView } from "./certificate.ts";
import { metadataView } from "./metadata/view.ts";
import type { connection } from "./schema.ts";

type ConnectionView = z.input<typeof connection>;

/** What is read of a connection to show it. */
export const SHOWN = { include: { metadata: true, certificates: true } } as const;
type Row = Prisma.ConnectionGetPayload<typeof SHOWN>;

/** A connection as the API shows it: with what its IdP must be told, without its secret. */
export function connectionView(row: Row, deps: Pick<ManagementApiDeps, "publicUrl" | "now">): ConnectionView {
  return {
    id: row.id,
    type: row.type,
    provider: connectionProvider.parse(row.provider),
    name: row.name,
    status: row.status,
    ...(row.type === "saml"
      ? { saml: samlView(row, parseConnectionSettings("saml", row.settings), deps) }
      : { oidc: oidcView(row.id, parseConnectionSettings("oidc", row.settings), deps.publicUrl) }),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

function samlView(
  { id, metadata, certificates: uses }: Row,
  settings: SamlSettings,
  deps: Pick<ManagementApiDeps, "publicUrl" | "now">,
): ConnectionView["saml"] {
  const { certificates, metadataCertificates, ...shown } = settings;
  const now = deps.now();
  const sp = samlServiceProvider(deps.publicUrl, id);
  const lastUse = new Map(uses.map((use) => [use.fingerprint, use.lastValidatedAt.toISOString()]));
  return {
    acsUrl: sp.acsUrl,
    spEntityId: sp.entityId,
    spSloUrl: sp.sloUrl,
    spMetadataUrl: sp.metadataUrl,
    globalTokenRevocationUri: sp.globalTokenRevocationUrl,
    ...shown,
    holdMetadataChanges: settings.holdMetadataChanges ?? false,
    idpInitiated: settings.idpInitiated ?? null,
    universalLogout: settings.universalLogout ?? null,
    signals: settings.signals ?? null,
    signalEventsUri: deps.publicUrl + signalEventsPath(id),
    ...(metadataCertificates === undefined
      ? {}
      : { metadataCertificates: metadataCertificates.map((pem) => certificateView(pem, now)) }),
    ...(metadata === null ? {} : { metadata: metadataView(metadata) }),
    certificates: certificates.map((pem) => {
      const view = certificateView(pem, now);
      return { ...view, lastValidatedAt: lastUse.get(view.fingerprint) ?? null };
    }),
  };
}

function oidcView(id: string, settings: OidcSettings, publicUrl: string): ConnectionView["oidc"] {
  const { clientSecret: _, ...shown } = settings;
  return {
    redirectUri: oidcRedirectUri(publicUrl, id),
    jwksUri: oidcJwksUri(publicUrl, id),
    ...oidcLogoutUrls(publicUrl, id),
    signalEventsUri: publicUrl + signalEventsPath(id),
    ...shown,
    signals: settings.signals ?? null,
  };
}
