import type { Application } from "@sallyport/database";
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
    public: row.clientSecretDigest === null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
