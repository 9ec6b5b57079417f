import type { SigningKeys } from "@sallyport/signing-keys";
import type { RequestHandler } from "express";

/**
 * The keys that verify what the gateway signs (RFC 7517, 5), as of this moment: a distrusted one is gone with the next
 * request, and one whose private half cannot be opened still verifies. Open to every page: nothing in it is secret.
 */
export function jwks(keys: SigningKeys): RequestHandler {
  return async (_req, res) => {
    const { published } = await keys.latest();
    res
      .set("access-control-allow-origin", "*")
      .type("application/jwk-set+json; charset=utf-8")
      .send(JSON.stringify({ keys: published.map((key) => key.publicJwk) }));
  };
}
