import type { Role } from "@sallyport/database";
import { z } from "zod";
import { displayName, id, permission, roleKey, timestamp } from "../../api/text.ts";

const permissions = z
  .array(permission)
  .max(500)
  .transform((all) => [...new Set(all)]);

export const newRole = z
  .strictObject({ key: roleKey, name: displayName, permissions: permissions.default([]) })
  .meta({ id: "NewRole" });

export const rolePatch = z
  .strictObject({ name: displayName.exactOptional(), permissions: permissions.exactOptional() })
  .meta({ id: "RolePatch" });

export const role = z
  .object({
    id,
    key: z.string().meta({ description: "What the claim `roles` holds; never changes." }),
    name: z.string(),
    permissions: z.array(z.string()),
    createdAt: timestamp,
  })
  .meta({ id: "Role" });

export function roleView(row: Role): z.input<typeof role> {
  return {
    id: row.id,
    key: row.key,
    name: row.name,
    permissions: row.permissions,
    createdAt: row.createdAt.toISOString(),
  };
}
