import {
  connectionProvider,
  type OidcSettings,
  oidcRedirectUri,
  parseConnectionSettings,
  type SamlSettings,
  samlServiceProvider,
} from "@sallyport/connections";
import type { Connection } from "@sallyport/database";
import { readCertificate } from "@sallyport/saml";
import type { z } from "zod";
import type { AdminDeps } from "../../deps.ts";
import type { connection } from "./schema.ts";

type ConnectionView = z.input<typeof connection>;

/** A connection as the API shows it: with what its IdP must be told, without its secret. */
export function connectionView(row: Connection, deps: Pick<AdminDeps, "publicUrl" | "now">): ConnectionView {
  return {
    id: row.id,
    type: row.type,
    provider: connectionProvider.parse(row.provider),
    name: row.name,
    status: row.status,
    ...(row.type === "saml"
      ? { saml: samlView(row.id, parseConnectionSettings("saml", row.settings), deps) }
      : { oidc: oidcView(row.id, parseConnectionSettings("oidc", row.settings), deps.publicUrl) }),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

function samlView(
  id: string,
  settings: SamlSettings,
  deps: Pick<AdminDeps, "publicUrl" | "now">,
): ConnectionView["saml"] {
  const { certificates, ...shown } = settings;
  const sp = samlServiceProvider(deps.publicUrl, id);
  return {
    acsUrl: sp.acsUrl,
    spEntityId: sp.entityId,
    spSloUrl: sp.sloUrl,
    spMetadataUrl: sp.metadataUrl,
    ...shown,
    idpInitiated: settings.idpInitiated ?? null,
    certificates: certificates.map((pem) => certificateView(pem, deps.now())),
  };
}

function certificateView(pem: string, now: Date) {
  const result = readCertificate(pem);
  if (!result.ok) throw new Error(`A stored certificate is unreadable: ${result.code}`);
  const { fingerprint, subject, notBefore, notAfter } = result.certificate;
  return {
    fingerprint,
    subject,
    notBefore: notBefore.toISOString(),
    notAfter: notAfter.toISOString(),
    expired: notAfter <= now,
  };
}

function oidcView(id: string, settings: OidcSettings, publicUrl: string): ConnectionView["oidc"] {
  const { clientSecret: _, ...shown } = settings;
  return { redirectUri: oidcRedirectUri(publicUrl, id), ...shown };
}
