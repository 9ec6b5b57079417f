import type { SetupLink } from "@sallyport/database";
import { z } from "zod";
import { creatorFields } from "../../access/creators.ts";
import { SETUP_INTENTS } from "../../access/setup-intents.ts";
import { displayName, id, timestamp } from "../../api/text.ts";
import { logo } from "../logos/schema.ts";

const intent = z.enum(SETUP_INTENTS).meta({
  id: "SetupIntent",
  description:
    "`sso`: a connection. `directory`: SCIM, and which group gives which role. `domain`: proof of an email domain. `certificate`: the IdP's new certificate.",
});

export const newSetupLink = z
  .strictObject({
    intents: z
      .array(intent)
      .min(1)
      .max(SETUP_INTENTS.length)
      .transform((names) => [...new Set(names)]),
    name: displayName
      .default("Setup link")
      .meta({ description: "Under which the audit trail shows what is done by it." }),
    connectionId: id.exactOptional().meta({
      description: "The connection that it is about. Default: a new one, which the link makes.",
    }),
    expiresInDays: z.int().min(1).max(365).default(30),
  })
  .meta({ id: "NewSetupLink" });

export const setupLink = z
  .object({
    id,
    name: z.string(),
    intents: z.array(z.string()),
    ...creatorFields,
    createdAt: timestamp,
    expiresAt: timestamp,
    lastUsedAt: timestamp.nullable().meta({ description: "To the minute." }),
    revokedAt: timestamp.nullable(),
  })
  .meta({ id: "SetupLink" });

export const createdSetupLink = setupLink
  .extend({
    url: z.url().meta({ description: "Shown only once: anybody who has it may do what the intents name." }),
  })
  .meta({ id: "CreatedSetupLink" });

/** What the page of a link remembers, as it was stored; its shape is the page's own. */
export const setupProgress = z.record(z.string(), z.unknown());

const MAX_PROGRESS = 16 * 1024;

export const newSetupProgress = z
  .strictObject({
    progress: setupProgress.refine((value) => JSON.stringify(value).length <= MAX_PROGRESS, {
      message: `At most ${MAX_PROGRESS} characters of JSON`,
    }),
  })
  .meta({ id: "NewSetupProgress" });

export const setup = z
  .object({
    link: setupLink,
    organization: z.object({ id, slug: z.string(), name: z.string(), logo: logo.nullable() }),
    operator: z.object({ name: z.string(), logo: logo.nullable() }).nullable().meta({
      description: "The gateway's operator, once the operators' organization has a name or a logo.",
    }),
    permissions: z.array(z.string()),
    connection: z
      .object({
        id,
        saml: z.object({
          spEntityId: z.string(),
          acsUrl: z.string(),
          spSloUrl: z.string(),
          spMetadataUrl: z.string(),
        }),
        oidc: z.object({ redirectUri: z.string() }),
      })
      .meta({ description: "What to tell the identity provider of the connection that the link makes." }),
    progress: setupProgress,
  })
  .meta({ id: "Setup" });

export function setupLinkView(row: SetupLink, creatorLeft: boolean): z.input<typeof setupLink> {
  return {
    id: row.id,
    name: row.name,
    intents: row.intents,
    ...{ createdBy: row.createdBy, creatorLeft },
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
  };
}
