import type { ApiKey } from "@sallyport/database";
import { z } from "zod";
import { displayName, id, instant, text, timestamp } from "../../api/text.ts";

export const newApiKey = z
  .strictObject({
    name: displayName,
    organization: text(63).nullable().default(null).meta({
      description: "The slug or id of the one organization that the key reaches; null: all of them.",
    }),
    expiresAt: instant.nullable().default(null),
  })
  .meta({ id: "NewApiKey" });

export const apiKey = z
  .object({
    id,
    name: z.string(),
    organizationId: id.nullable(),
    hint: z.string().meta({ description: "The key's last characters." }),
    createdAt: timestamp,
    expiresAt: timestamp.nullable(),
    lastUsedAt: timestamp.nullable().meta({ description: "To the minute." }),
    revokedAt: timestamp.nullable(),
  })
  .meta({ id: "ApiKey" });

export const createdApiKey = apiKey
  .extend({ key: z.string().meta({ description: "Shown this once." }) })
  .meta({ id: "CreatedApiKey" });

export function apiKeyView(row: ApiKey): z.input<typeof apiKey> {
  return {
    id: row.id,
    name: row.name,
    organizationId: row.organizationId,
    hint: row.hint,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
  };
}
