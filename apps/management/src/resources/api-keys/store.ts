import { newId, Prisma } from "@sallyport/database";
import { digestToken, newToken, tokenHint } from "@sallyport/secrets";
import type { z } from "zod";
import { limitOf, requirePermission } from "../../access/caller.ts";
import { creatorOf, leftByCreators } from "../../access/creators.ts";
import { isGatewayPermission, type Permission } from "../../access/permissions.ts";
import { ROLES } from "../../access/roles.ts";
import { type PageQuery, pageArguments, toPage } from "../../api/page.ts";
import { change } from "../../change.ts";
import { type Context, reachOrganization } from "../../context.ts";
import { problem } from "../../errors.ts";
import { apiKeyView, type newApiKey } from "./schema.ts";

type NewApiKey = z.output<typeof newApiKey>;

/**
 * The key itself is in the result alone. Throws `organization_not_found`; `permission_missing` where the key would have
 * more than its creator; `permission_out_of_reach`.
 */
export async function createApiKey(context: Context, input: NewApiKey) {
  const organizationId =
    input.organization === null ? null : (await reachOrganization(context, input.organization)).id;
  const permissions = permissionsOf(context, input);
  const key = newToken("sp_key");
  return change(context, async ({ tx, record }) => {
    const row = await tx.apiKey.create({
      data: {
        id: newId(),
        organizationId,
        name: input.name,
        permissions: permissions === null ? Prisma.DbNull : [...permissions],
        digest: Uint8Array.from(digestToken(key)),
        hint: tokenHint(key),
        createdBy: creatorOf(context.caller),
        expiresAt: input.expiresAt,
      },
    });
    record({
      organizationId,
      type: "api_key.created",
      resource: { type: "apiKey", id: row.id },
      after: { name: row.name, permissions, expiresAt: row.expiresAt?.toISOString() ?? null },
    });
    return { ...apiKeyView(row, false), key };
  });
}

/** What a new key is limited to: never to more than its creator is. */
function permissionsOf({ caller }: Context, input: NewApiKey): readonly Permission[] | null {
  const field = input.role === null ? "permissions" : "role";
  const reached = (permission: Permission) => input.organization === null || !isGatewayPermission(permission);
  const asked = input.role === null ? input.permissions : ROLES[input.role];
  if (asked === null) {
    return limitOf(caller)?.filter(reached) ?? null;
  }
  for (const permission of asked) {
    if (!reached(permission)) {
      throw problem("permission_out_of_reach", { field, reason: `It is \`${permission}\`.` });
    }
    requirePermission(caller, permission, field);
  }
  return asked;
}

export async function listApiKeys(context: Context, page: PageQuery) {
  const rows = await context.deps.database.prisma.apiKey.findMany(pageArguments(page, "asc"));
  const isLeft = await leftByCreators(context.deps.database.sql, rows);
  return toPage(rows, page, (row) => apiKeyView(row, isLeft(row)));
}

/** Throws `key_not_found`, also for one that was revoked before. */
export async function revokeApiKey(context: Context, id: string): Promise<void> {
  await change(context, async ({ tx, now, record }) => {
    const [row] = await tx.apiKey.updateManyAndReturn({
      where: { id, revokedAt: null },
      data: { revokedAt: now },
    });
    if (row === undefined) {
      throw problem("key_not_found");
    }
    const { organizationId, name } = row;
    record({ organizationId, type: "api_key.revoked", resource: { type: "apiKey", id }, before: { name } });
  });
}
