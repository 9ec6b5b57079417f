import { generateServiceProviderMetadata } from "@node-saml/node-saml";
import type { ConnectionKey, LiveKeys } from "@sallyport/connection-keys";
import { samlServiceProvider } from "@sallyport/connections";

/** What @sallyport/saml decrypts, best first. */
const CONTENT_ENCRYPTION = [
  "http://www.w3.org/2009/xmlenc11#aes256-gcm",
  "http://www.w3.org/2009/xmlenc11#aes128-gcm",
  "http://www.w3.org/2001/04/xmlenc#aes256-cbc",
  "http://www.w3.org/2001/04/xmlenc#aes128-cbc",
];

/**
 * The service provider's metadata (SAML metadata 2.4.4). During a rotation both keys stand in it to verify by, first the
 * one that signs now, for IdPs that take only that. To encrypt for there is only the newest, which stays when the other
 * is retired: of several, SimpleSAMLphp takes the first and Lasso (LemonLDAP::NG) the last. Who has not read it yet
 * encrypts for the other, which decrypts as long as it lives.
 */
export function spMetadata(
  publicUrl: string,
  connection: { readonly id: string; readonly settings: { readonly signRequests: boolean } },
  { signing, newestFirst }: LiveKeys,
): string {
  const { entityId, acsUrl, sloUrl } = samlServiceProvider(publicUrl, connection.id);
  const metadata = generateServiceProviderMetadata({
    issuer: entityId,
    callbackUrl: acsUrl,
    logoutCallbackUrl: sloUrl,
    // Stable, so that two fetches are equal byte for byte.
    generateUniqueId: () => `_${connection.id}`,
    identifierFormat: null,
    wantAssertionsSigned: true,
  });
  const [newest = signing] = newestFirst;
  const verifying = [signing, ...newestFirst.filter((key) => key !== signing)];
  const keys = [
    ...verifying.map((key) => keyDescriptor("signing", key)),
    keyDescriptor("encryption", newest),
  ].join("");
  return (
    metadata
      // For node-saml whoever has a key signs requests; an IdP that believes it refuses those that are not.
      .replace(' AuthnRequestsSigned="false"', ` AuthnRequestsSigned="${connection.settings.signRequests}"`)
      .replace(/<SPSSODescriptor [^>]*>/, (open) => `${open}${keys}`)
      // It lists single logout over HTTP-POST only.
      .replace(
        /<SingleLogoutService [^>]*>/,
        (post) => `${post.replace("HTTP-POST", "HTTP-Redirect")}${post}`,
      )
  );
}

function keyDescriptor(use: "signing" | "encryption", { certificate }: ConnectionKey): string {
  const base64 = certificate.replace(/-----[A-Z ]+-----|\s/g, "");
  const methods = use === "encryption" ? CONTENT_ENCRYPTION : [];
  return `
    <KeyDescriptor use="${use}">
      <ds:KeyInfo><ds:X509Data><ds:X509Certificate>${base64}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>
      ${methods.map((algorithm) => `<EncryptionMethod Algorithm="${algorithm}"/>`).join("")}
    </KeyDescriptor>`;
}
