import { createRemoteJWKSet, errors, jwtVerify } from "jose";
import type { Configuration } from "openid-client";
import { z } from "zod";

const EVENT = "http://schemas.openid.net/event/backchannel-logout";
const logoutClaims = z.object({
  sid: z.string(),
  events: z.object({ [EVENT]: z.object({}) }),
  nonce: z.never().optional(), // forbidden, so that no ID token passes for a logout token
});

/**
 * Verifies logout tokens as OpenID Connect Back-Channel Logout 1.0, section 2.6 asks: signature, issuer, audience,
 * time, the event, no nonce. Resolves to the `sid` that ended, or null when the token is not good.
 */
export function logoutTokenVerifier(
  configuration: Configuration,
): (token: unknown) => Promise<string | null> {
  const { issuer, jwks_uri: jwksUri } = configuration.serverMetadata();
  if (jwksUri === undefined) {
    throw new Error("The gateway's discovery document names no jwks_uri");
  }
  const keys = createRemoteJWKSet(new URL(jwksUri));
  const audience = configuration.clientMetadata().client_id;
  return async (token) => {
    if (typeof token !== "string") {
      return null;
    }
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience,
        typ: "logout+jwt",
        maxTokenAge: "5m",
      });
      return logoutClaims.parse(payload).sid;
    } catch (error) {
      if (error instanceof errors.JOSEError || error instanceof z.ZodError) {
        return null;
      }
      throw error;
    }
  };
}
