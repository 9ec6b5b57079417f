import { newId } from "@sallyport/database";
import { digestToken, newToken, tokenHint } from "@sallyport/secrets";
import type { z } from "zod";
import { type PageQuery, pageArguments, toPage } from "../../api/page.ts";
import { change } from "../../change.ts";
import { type Context, reachOrganization } from "../../context.ts";
import { problem } from "../../errors.ts";
import { apiKeyView, type newApiKey } from "./schema.ts";

/** The key itself is in the result alone. Throws `organization_not_found`. */
export async function createApiKey(context: Context, input: z.output<typeof newApiKey>) {
  const organizationId =
    input.organization === null ? null : (await reachOrganization(context, input.organization)).id;
  const key = newToken("sp_key");
  return change(context, async ({ tx, record }) => {
    const row = await tx.apiKey.create({
      data: {
        id: newId(),
        organizationId,
        name: input.name,
        digest: Uint8Array.from(digestToken(key)),
        hint: tokenHint(key),
        expiresAt: input.expiresAt,
      },
    });
    record({
      organizationId,
      type: "api_key.created",
      resource: { type: "apiKey", id: row.id },
      after: { name: row.name, expiresAt: row.expiresAt?.toISOString() ?? null },
    });
    return { ...apiKeyView(row), key };
  });
}

export async function listApiKeys(context: Context, page: PageQuery) {
  const rows = await context.deps.database.prisma.apiKey.findMany(pageArguments(page, "asc"));
  return toPage(rows, page, apiKeyView);
}

/** Throws `key_not_found`, also for one that was revoked before. */
export async function revokeApiKey(context: Context, id: string): Promise<void> {
  await change(context, async ({ tx, now, record }) => {
    const [row] = await tx.apiKey.updateManyAndReturn({
      where: { id, revokedAt: null },
      data: { revokedAt: now },
    });
    if (row === undefined) throw problem("key_not_found");
    const { organizationId, name } = row;
    record({ organizationId, type: "api_key.revoked", resource: { type: "apiKey", id }, before: { name } });
  });
}
