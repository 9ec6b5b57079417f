import type { Application } from "@sallyport/database";
import { SIGNING_ALGORITHMS } from "@sallyport/signing-keys";
import { z } from "zod";
import { displayName, id, redirectUrl, timestamp } from "../../api/text.ts";

const redirectUris = z.array(redirectUrl).min(1).max(50);
const postLogoutRedirectUris = z.array(redirectUrl).max(50);
const initiateLoginUri = redirectUrl.nullable().meta({
  description:
    "Starts a sign-in when a browser is sent there with `iss` (this gateway), `organization` and, for a page of its own, `target_link_uri` (OpenID Connect Core 1.0, section 4): for people who come from their identity provider's own pages.",
});
const targetUris = z.array(redirectUrl).max(50).meta({
  description: "Pages that an identity provider may name as `target_link_uri`, each whole.",
});

const signingAlg = z.enum(SIGNING_ALGORITHMS);
const idTokenSigningAlg = signingAlg.meta({
  description:
    "What ID and logout tokens are signed with. `RS256` is what every relying party takes (OpenID Connect Core 1.0, section 15.1); `ES256` costs the gateway less and makes shorter tokens, but several libraries refuse it unless they are told. An ID token that was signed before a change is no `id_token_hint` at the authorization endpoint any more.",
});
const accessTokenSigningAlg = signingAlg.meta({
  description: "What access tokens are signed with (RFC 9068).",
});

export const newApplication = z
  .strictObject({
    name: displayName,
    redirectUris,
    postLogoutRedirectUris: postLogoutRedirectUris.default([]),
    backchannelLogoutUri: redirectUrl
      .nullable()
      .default(null)
      .meta({ description: "Told when a session ends (OpenID Connect Back-Channel Logout 1.0)." }),
    initiateLoginUri: initiateLoginUri.default(null),
    targetUris: targetUris.default([]),
    idTokenSigningAlg: idTokenSigningAlg.default("RS256"),
    accessTokenSigningAlg: accessTokenSigningAlg.default("ES256"),
    public: z
      .boolean()
      .default(false)
      .meta({ description: "Cannot keep a secret: a single-page or native app. PKCE stands in for one." }),
  })
  .meta({ id: "NewApplication" });

export const applicationPatch = z
  .strictObject({
    name: displayName.exactOptional(),
    redirectUris: redirectUris.exactOptional(),
    postLogoutRedirectUris: postLogoutRedirectUris.exactOptional(),
    backchannelLogoutUri: redirectUrl.nullable().exactOptional(),
    initiateLoginUri: initiateLoginUri.exactOptional(),
    targetUris: targetUris.exactOptional(),
    idTokenSigningAlg: idTokenSigningAlg.exactOptional(),
    accessTokenSigningAlg: accessTokenSigningAlg.exactOptional(),
  })
  .meta({ id: "ApplicationPatch" });

export const application = z
  .object({
    id,
    clientId: z.string(),
    name: z.string(),
    redirectUris: z.array(z.string()),
    postLogoutRedirectUris: z.array(z.string()),
    backchannelLogoutUri: z.string().nullable(),
    initiateLoginUri: z.string().nullable(),
    targetUris: z.array(z.string()),
    idTokenSigningAlg: z.string(),
    accessTokenSigningAlg: z.string(),
    public: z.boolean(),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: "Application" });

const clientSecret = z.string().meta({ description: "Shown this once." });

export const createdApplication = application
  .extend({ clientSecret: clientSecret.optional() })
  .meta({ id: "CreatedApplication" });

export const rotatedSecret = z.object({ clientId: z.string(), clientSecret }).meta({ id: "RotatedSecret" });

export function applicationView(row: Application): z.input<typeof application> {
  return {
    id: row.id,
    clientId: row.clientId,
    name: row.name,
    redirectUris: row.redirectUris,
    postLogoutRedirectUris: row.postLogoutRedirectUris,
    backchannelLogoutUri: row.backchannelLogoutUri,
    initiateLoginUri: row.initiateLoginUri,
    targetUris: row.targetUris,
    idTokenSigningAlg: row.idTokenSigningAlg,
    accessTokenSigningAlg: row.accessTokenSigningAlg,
    public: row.clientSecretDigest === null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
