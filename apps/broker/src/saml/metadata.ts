import { generateServiceProviderMetadata } from "@node-saml/node-saml";
import { samlServiceProvider } from "@sallyport/connections";
import type { ConnectionKey } from "./connection-keys.ts";

/**
 * The service provider's metadata (SAML metadata 2.4.4): every live key for signatures, so that a rotation needs no
 * moment in common with the IdP; the newest one to encrypt for.
 */
export function spMetadata(
  publicUrl: string,
  connection: { readonly id: string; readonly settings: { readonly signRequests: boolean } },
  keys: readonly [ConnectionKey, ...ConnectionKey[]],
): string {
  const { entityId, acsUrl, sloUrl } = samlServiceProvider(publicUrl, connection.id);
  const [newest] = keys;
  const metadata = generateServiceProviderMetadata({
    issuer: entityId,
    callbackUrl: acsUrl,
    logoutCallbackUrl: sloUrl,
    // Stable, so that two fetches are equal byte for byte.
    generateUniqueId: () => `_${connection.id}`,
    identifierFormat: null,
    wantAssertionsSigned: true,
    privateKey: newest.privateKey,
    publicCerts: keys.map((key) => key.certificate),
    decryptionPvk: newest.privateKey,
    decryptionCert: newest.certificate,
  });
  return (
    metadata
      // For node-saml whoever has a key signs requests; an IdP that believes it refuses those that are not.
      .replace(' AuthnRequestsSigned="true"', ` AuthnRequestsSigned="${connection.settings.signRequests}"`)
      // It lists single logout over HTTP-POST only.
      .replace(
        /<SingleLogoutService [^>]*>/,
        (post) => `${post.replace("HTTP-POST", "HTTP-Redirect")}${post}`,
      )
  );
}
