import type { Directory, DirectoryClient, DirectoryToken } from "@sallyport/database";
import { directoryProvider, directorySettings } from "@sallyport/directories";
import { z } from "zod";
import { displayName, id, instant, timestamp } from "../../api/text.ts";

const status = z.enum(["active", "disabled"]);

export const newDirectory = z
  .strictObject({
    name: displayName,
    provider: directoryProvider.default("generic"),
    settings: directorySettings.prefault({}),
    inReview: z.boolean().default(false).meta({
      description:
        "What it pushes is stored, but affects nobody's access until it is activated: read its plan first.",
    }),
  })
  .meta({ id: "NewDirectory" });

export const directoryPatch = z
  .strictObject({
    name: displayName.exactOptional(),
    provider: directoryProvider.exactOptional(),
    status: status.exactOptional(),
    settings: directorySettings
      .exactOptional()
      .meta({ description: "Replaces the settings as a whole: what it leaves out is the default again." }),
  })
  .meta({ id: "DirectoryPatch" });

export const directory = z
  .object({
    id,
    provider: directoryProvider,
    name: z.string(),
    status,
    inReview: z.boolean().meta({
      description: "What it pushes is stored, but affects nobody's access until it is activated.",
    }),
    baseUrl: z.string().meta({ description: "The SCIM base URL, also called tenant URL." }),
    tokenUrl: z.string().meta({
      description: "Where OAuth clients of the directory get their access tokens (RFC 6749, section 4.4).",
    }),
    settings: directorySettings,
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: "Directory" });

const shownOnce = z.string().meta({ description: "The bearer token. Shown this once." });

export const createdDirectory = directory.extend({ token: shownOnce }).meta({ id: "CreatedDirectory" });

export const newDirectoryToken = z
  .strictObject({ expiresAt: instant.exactOptional() })
  .meta({ id: "NewDirectoryToken" })
  .prefault({});

export const directoryToken = z
  .object({
    id,
    hint: z.string().meta({ description: "The token's last characters." }),
    createdAt: timestamp,
    expiresAt: timestamp.nullable(),
    lastUsedAt: timestamp.nullable(),
    revokedAt: timestamp.nullable(),
  })
  .meta({ id: "DirectoryToken" });

export const createdDirectoryToken = directoryToken
  .extend({ token: shownOnce })
  .meta({ id: "CreatedDirectoryToken" });

export const directoryClient = z
  .object({
    id: id.meta({ description: "The client_id." }),
    hint: z.string().meta({ description: "The client secret's last characters." }),
    createdAt: timestamp,
    lastUsedAt: timestamp.nullable(),
    revokedAt: timestamp.nullable(),
  })
  .meta({ id: "DirectoryClient" });

export const createdDirectoryClient = directoryClient
  .extend({
    clientId: z.string(),
    clientSecret: z.string().meta({ description: "Shown this once." }),
    tokenUrl: z.string(),
  })
  .meta({ id: "CreatedDirectoryClient" });

export function directoryView(row: Directory, publicUrl: string): z.input<typeof directory> {
  return {
    id: row.id,
    provider: directoryProvider.parse(row.provider),
    name: row.name,
    status: row.status,
    inReview: row.inReview,
    baseUrl: `${publicUrl}/scim/v2/${row.id}`,
    tokenUrl: tokenUrlOf(row.id, publicUrl),
    settings: directorySettings.parse(row.settings),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

export function directoryTokenView(row: DirectoryToken): z.input<typeof directoryToken> {
  return {
    id: row.id,
    hint: row.hint,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
  };
}

export function directoryClientView(row: DirectoryClient): z.input<typeof directoryClient> {
  return {
    id: row.id,
    hint: row.hint,
    createdAt: row.createdAt.toISOString(),
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
  };
}

export function tokenUrlOf(directoryId: string, publicUrl: string): string {
  return `${publicUrl}/scim/v2/${directoryId}/oauth2/token`;
}
