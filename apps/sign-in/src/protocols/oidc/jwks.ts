import { X509Certificate } from "node:crypto";
import type { LiveKeys } from "@sallyport/connections/keys";

/**
 * The public keys that a connection authenticates with (RFC 7517 §5): during a rotation both, so that the IdP knows the
 * second before it is used.
 */
export function connectionJwks(live: LiveKeys | null) {
  const keys = live?.newestFirst ?? [];
  return {
    keys: keys.map(({ id, certificate }) => ({
      ...new X509Certificate(certificate).publicKey.export({ format: "jwk" }),
      kid: id,
      use: "sig",
    })),
  };
}
