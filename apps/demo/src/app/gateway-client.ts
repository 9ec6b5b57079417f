import { type SessionClaims, sessionClaims } from "@sallyport/claims";
import { decodeJwt } from "jose";
import * as client from "openid-client";
import type { DemoState } from "../state.ts";

/** What must be remembered between the redirect to the gateway and the callback. */
export interface PendingLogin {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

export interface SignedIn {
  readonly ok: true;
  /** From userinfo, parsed by the gateway's own schema. */
  readonly identity: SessionClaims;
  readonly idToken: string;
  readonly idTokenClaims: unknown;
  readonly accessTokenClaims: unknown;
}

export type LoginOutcome = SignedIn | { readonly ok: false; readonly message: string };

/** All that the app needs of the gateway: openid-client, pointed at its issuer. */
export async function openGateway({ url, state }: { url: string; state: DemoState }) {
  const { application, gatewayUrl } = state;
  if (application === undefined) {
    throw new Error("The demo application was not set up");
  }
  const configuration = await client.discovery(
    new URL(gatewayUrl),
    application.clientId,
    application.clientSecret,
    undefined,
    { execute: [client.allowInsecureRequests] }, // the gateway of a demo is on http://localhost
  );

  return {
    configuration,
    issuer: configuration.serverMetadata().issuer,

    /** @param choice whose sign-in page to go to; without it the gateway asks for the work email */
    async startLogin(
      choice: Readonly<Record<string, string>>,
    ): Promise<{ location: string; pending: PendingLogin }> {
      const pending = {
        state: client.randomState(),
        nonce: client.randomNonce(),
        codeVerifier: client.randomPKCECodeVerifier(),
      };
      const location = client.buildAuthorizationUrl(configuration, {
        ...choice,
        redirect_uri: `${url}/callback`,
        scope: "openid profile email",
        state: pending.state,
        nonce: pending.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(pending.codeVerifier),
        code_challenge_method: "S256",
      });
      return { location: location.href, pending };
    },

    async finishLogin(callback: URL, pending: PendingLogin): Promise<LoginOutcome> {
      try {
        const tokens = await client.authorizationCodeGrant(configuration, callback, {
          expectedState: pending.state,
          expectedNonce: pending.nonce,
          pkceCodeVerifier: pending.codeVerifier,
        });
        const idTokenClaims = tokens.claims();
        if (idTokenClaims === undefined || tokens.id_token === undefined) {
          throw new Error("No ID token came");
        }
        const userinfo = await client.fetchUserInfo(configuration, tokens.access_token, idTokenClaims.sub);
        return {
          ok: true,
          identity: sessionClaims.parse(userinfo),
          idToken: tokens.id_token,
          idTokenClaims,
          accessTokenClaims: decodeJwt(tokens.access_token),
        };
      } catch (error) {
        if (error instanceof client.AuthorizationResponseError) {
          return { ok: false, message: error.error_description ?? error.error };
        }
        throw error;
      }
    },

    /** Where to send the browser to end the gateway's session too (RP-initiated logout). */
    logoutUrl: (idToken: string) =>
      client.buildEndSessionUrl(configuration, { id_token_hint: idToken, post_logout_redirect_uri: url })
        .href,
  };
}
