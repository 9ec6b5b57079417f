import { samlServiceProvider } from "@sallyport/connections";
import type { LiveKeys } from "@sallyport/connections/keys";
import { spMetadata } from "@sallyport/saml";

/**
 * A connection's service-provider metadata. During a rotation both keys stand in it to verify by. To encrypt for there is
 * only the newest, which stays when the other is retired; who has not read it yet encrypts for the other, which decrypts
 * as long as it lives.
 */
export function connectionMetadata(
  publicUrl: string,
  { id, settings }: { readonly id: string; readonly settings: { readonly signRequests: boolean } },
  { signing, newestFirst }: LiveKeys,
): string {
  const [newest = signing] = newestFirst;
  const verifying = [signing, ...newestFirst.filter((key) => key !== signing)];
  return spMetadata({
    id: `_${id}`,
    ...samlServiceProvider(publicUrl, id),
    authnRequestsSigned: settings.signRequests,
    signingCertificates: verifying.map(({ certificate }) => certificate),
    encryptionCertificate: newest.certificate,
  });
}
