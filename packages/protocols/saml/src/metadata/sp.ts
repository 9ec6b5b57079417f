import { ENCRYPTION_METHODS } from "../encryption/decrypt.ts";
import { certificateBase64 } from "../signature/sign.ts";
import { NS } from "../xml/names.ts";
import { escapeXml } from "../xml/write.ts";

/** A service provider, as IdPs know it. Certificates are PEM. */
export interface SpMetadata {
  /** The document's own ID. Give a stable one, so that two fetches are equal byte for byte. */
  readonly id: string;
  readonly entityId: string;
  readonly acsUrl: string;
  readonly sloUrl: string;
  /** Whether AuthnRequests are signed: an IdP that believes it refuses those that are not. */
  readonly authnRequestsSigned: boolean;
  /** To verify our signatures by; first the one that signs now, for IdPs that take only that. */
  readonly signingCertificates: readonly string[];
  /** To encrypt for. One, because of several SimpleSAMLphp takes the first and Lasso (LemonLDAP::NG) the last. */
  readonly encryptionCertificate: string;
}

/** The service provider's metadata (SAML 2.0 Metadata §2.4.4). */
export function spMetadata(sp: SpMetadata): string {
  const keys = [
    ...sp.signingCertificates.map((certificate) => keyDescriptor("signing", certificate, [])),
    keyDescriptor("encryption", sp.encryptionCertificate, ENCRYPTION_METHODS.map(encryptionMethod)),
  ];
  const services = ["HTTP-Redirect", "HTTP-POST"].map(
    (binding) => `
    <SingleLogoutService Binding="${BINDING}${binding}" Location="${escapeXml(sp.sloUrl)}"/>`,
  );
  return `<?xml version="1.0"?>
<EntityDescriptor xmlns="${NS.metadata}" xmlns:ds="${NS.signature}" entityID="${escapeXml(sp.entityId)}" ID="${escapeXml(sp.id)}">
  <SPSSODescriptor protocolSupportEnumeration="${NS.protocol}" AuthnRequestsSigned="${sp.authnRequestsSigned}" WantAssertionsSigned="true">${keys.join("")}${services.join("")}
    <AssertionConsumerService index="1" isDefault="true" Binding="${BINDING}HTTP-POST" Location="${escapeXml(sp.acsUrl)}"/>
  </SPSSODescriptor>
</EntityDescriptor>
`;
}

const BINDING = "urn:oasis:names:tc:SAML:2.0:bindings:";

function keyDescriptor(
  use: "signing" | "encryption",
  certificate: string,
  methods: readonly string[],
): string {
  return `
    <KeyDescriptor use="${use}">
      <ds:KeyInfo><ds:X509Data><ds:X509Certificate>${certificateBase64(certificate)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>${methods.join("")}
    </KeyDescriptor>`;
}

function encryptionMethod({ algorithm, digest }: (typeof ENCRYPTION_METHODS)[number]): string {
  const content =
    digest === undefined ? "/>" : `><ds:DigestMethod Algorithm="${digest}"/></EncryptionMethod>`;
  return `
      <EncryptionMethod Algorithm="${algorithm}"${content}`;
}
