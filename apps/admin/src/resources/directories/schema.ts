import type { Directory, DirectoryToken } from "@sallyport/database";
import { z } from "zod";
import { displayName, id, instant, timestamp } from "../../api/text.ts";

/** The SCIM clients whose quirks are known; "generic" meets the plain RFC. */
const directoryProvider = z.enum([
  "generic",
  "okta",
  "entra",
  "google",
  "onelogin",
  "jumpcloud",
  "pingone",
  "pingfederate",
  "rippling",
]);

const status = z.enum(["active", "disabled"]);

export const newDirectory = z
  .strictObject({ name: displayName, provider: directoryProvider.default("generic") })
  .meta({ id: "NewDirectory" });

export const directoryPatch = z
  .strictObject({
    name: displayName.exactOptional(),
    provider: directoryProvider.exactOptional(),
    status: status.exactOptional(),
  })
  .meta({ id: "DirectoryPatch" });

export const directory = z
  .object({
    id,
    provider: directoryProvider,
    name: z.string(),
    status,
    baseUrl: z.string().meta({ description: "The SCIM base URL, also called tenant URL." }),
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

export function directoryView(row: Directory, publicUrl: string): z.input<typeof directory> {
  return {
    id: row.id,
    provider: directoryProvider.parse(row.provider),
    name: row.name,
    status: row.status,
    baseUrl: `${publicUrl}/scim/v2/${row.id}`,
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
