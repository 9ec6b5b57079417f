import type { ApiKey } from "@sallyport/database";
import { z } from "zod";
import { creatorFields } from "../../access/creators.ts";
import { PERMISSIONS, storedPermissions } from "../../access/permissions.ts";
import { ROLE_NAMES, ROLES } from "../../access/roles.ts";
import { displayName, id, instant, text, timestamp } from "../../api/text.ts";

const permission = z.enum(PERMISSIONS).meta({
  id: "ManagementPermission",
  description: "What an operation of this API needs (`x-required-permission`).",
});

const role = z.enum(ROLE_NAMES).meta({
  id: "ManagementRole",
  description: ROLE_NAMES.map((name) => `\`${name}\`: ${ROLES[name].join(", ")}.`).join(" "),
});

export const newApiKey = z
  .strictObject({
    name: displayName,
    organization: text(63).nullable().default(null).meta({
      description: "The slug or id of the one organization that the key reaches; null: all of them.",
    }),
    permissions: z
      .array(permission)
      .min(1)
      .max(PERMISSIONS.length)
      .transform((names) => [...new Set(names)])
      .nullable()
      .default(null)
      .meta({
        description:
          "What the key is limited to. null: to what its creator may do, as far as the key reaches.",
      }),
    role: role.nullable().default(null).meta({
      description:
        "Instead of `permissions`: those of a built-in role, as it is now. What a later version adds to the role, the key has not.",
    }),
    expiresAt: instant.nullable().default(null),
  })
  .refine((key) => key.permissions === null || key.role === null, {
    path: ["role"],
    message: "Give `permissions` or `role`, not both",
  })
  .meta({ id: "NewApiKey" });

export const apiKey = z
  .object({
    id,
    name: z.string(),
    organizationId: id.nullable(),
    permissions: z
      .array(permission)
      .nullable()
      .meta({ description: "What the key is limited to; null: all that it reaches." }),
    hint: z.string().meta({ description: "The key's last characters." }),
    ...creatorFields,
    createdAt: timestamp,
    expiresAt: timestamp.nullable(),
    lastUsedAt: timestamp.nullable().meta({ description: "To the minute." }),
    revokedAt: timestamp.nullable(),
  })
  .meta({ id: "ApiKey" });

export const createdApiKey = apiKey
  .extend({ key: z.string().meta({ description: "Shown this once." }) })
  .meta({ id: "CreatedApiKey" });

export function apiKeyView(row: ApiKey, creatorLeft: boolean): z.input<typeof apiKey> {
  return {
    id: row.id,
    name: row.name,
    organizationId: row.organizationId,
    permissions: storedPermissions(row.permissions)?.slice() ?? null,
    hint: row.hint,
    ...{ createdBy: row.createdBy, creatorLeft },
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
  };
}
