import type { Application } from "@sallyport/database";
import { z } from "zod";
import { displayName, id, redirectUrl, timestamp } from "../../api/text.ts";

const redirectUris = z.array(redirectUrl).min(1).max(50);
const postLogoutRedirectUris = z.array(redirectUrl).max(50);

export const newApplication = z
  .strictObject({
    name: displayName,
    redirectUris,
    postLogoutRedirectUris: postLogoutRedirectUris.default([]),
    backchannelLogoutUri: redirectUrl
      .nullable()
      .default(null)
      .meta({ description: "Told when a session ends (OpenID Connect Back-Channel Logout 1.0)." }),
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
    public: row.clientSecretDigest === null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
