import { certificateBase64, digestOf, type Signer, signatureXml, signedInfoXml } from "../signature/sign.ts";
import { NS } from "../xml/names.ts";
import { escapeXml } from "../xml/write.ts";

/** How metadata differs from the plainest that there is. */
export interface TestMetadata {
  /** PEM, in place of the IdP's one certificate. */
  readonly certificates?: readonly string[];
  readonly validUntil?: Date;
  /** An xs:duration, such as PT6H. */
  readonly cacheDuration?: string;
  readonly wantAuthnRequestsSigned?: boolean;
  /** Who signs it. Default: nobody. */
  readonly signer?: Signer;
}

interface DescribedIdp {
  readonly entityId: string;
  readonly ssoUrl: string;
  readonly sloUrl?: string;
  readonly sloResponseUrl?: string;
  readonly certificate: string;
}

export function idpMetadata(idp: DescribedIdp, options: TestMetadata): string {
  const xml = describe(idp, options);
  return options.signer === undefined ? xml : signMetadata(xml, options.signer);
}

function describe({ entityId, certificate, ...idp }: DescribedIdp, options: TestMetadata): string {
  const { certificates = [certificate], validUntil, cacheDuration } = options;
  const attributes = [
    `entityID="${escapeXml(entityId)}"`,
    ...(validUntil === undefined ? [] : [`validUntil="${validUntil.toISOString()}"`]),
    ...(cacheDuration === undefined ? [] : [`cacheDuration="${cacheDuration}"`]),
  ];
  const responses =
    idp.sloResponseUrl === undefined ? "" : ` ResponseLocation="${escapeXml(idp.sloResponseUrl)}"`;
  return (
    `<md:EntityDescriptor xmlns:md="${NS.metadata}" ${attributes.join(" ")}>` +
    `<md:IDPSSODescriptor WantAuthnRequestsSigned="${options.wantAuthnRequestsSigned === true}" protocolSupportEnumeration="${NS.protocol}">` +
    certificates.map(keyDescriptor).join("") +
    (idp.sloUrl === undefined ? "" : services("SingleLogoutService", idp.sloUrl, responses)) +
    "<md:NameIDFormat>urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress</md:NameIDFormat>" +
    `${services("SingleSignOnService", idp.ssoUrl)}</md:IDPSSODescriptor></md:EntityDescriptor>`
  );
}

function keyDescriptor(certificate: string): string {
  return (
    `<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="${NS.signature}"><ds:X509Data>` +
    `<ds:X509Certificate>${certificateBase64(certificate)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`
  );
}

function services(element: string, url: string, more = ""): string {
  return ["HTTP-Redirect", "HTTP-POST"]
    .map((name) => `urn:oasis:names:tc:SAML:2.0:bindings:${name}`)
    .map((binding) => `<md:${element} Binding="${binding}" Location="${escapeXml(url)}"${more}/>`)
    .join("");
}

/** Signs the root of metadata, be it one entity or many. The signature is its first child: there is no Issuer to follow. */
export function signMetadata(xml: string, signer: Signer, id = "_metadata"): string {
  const named = xml.replace(/^<[\w:]+/, (root) => `${root} ID="${id}"`);
  const signature = signatureXml(signedInfoXml(id, digestOf(named, id), signer), signer);
  return named.replace(">", (end) => `${end}${signature}`);
}
