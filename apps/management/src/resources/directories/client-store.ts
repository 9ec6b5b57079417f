import { newId } from "@sallyport/database";
import { digestToken, newToken, tokenHint } from "@sallyport/secrets";
import { type PageQuery, pageArguments, toPage } from "../../api/page.ts";
import { change } from "../../change.ts";
import type { Context } from "../../context.ts";
import { problem } from "../../errors.ts";
import { lockDirectory } from "./lock.ts";
import { directoryClientView, tokenUrlOf } from "./schema.ts";

// One in use and one to change over to: a rotation without a gap.
const MAX_LIVE_CLIENTS = 2;

/** Makes an OAuth client, whose secret is in the result alone. Throws `clients_too_many` when two are live already. */
export function createClient(context: Context, organizationId: string, directoryId: string) {
  return change(context, async ({ tx, sql, record }) => {
    await lockDirectory(sql, organizationId, directoryId);
    const live = await tx.directoryClient.count({ where: { organizationId, directoryId, revokedAt: null } });
    if (live >= MAX_LIVE_CLIENTS) {
      throw problem("clients_too_many");
    }
    const clientSecret = newToken("scim_secret");
    const row = await tx.directoryClient.create({
      data: {
        id: newId(),
        organizationId,
        directoryId,
        secretDigest: Uint8Array.from(digestToken(clientSecret)),
        hint: tokenHint(clientSecret),
      },
    });
    record({
      organizationId,
      type: "directory.client_created",
      resource: { type: "directory", id: directoryId },
      after: { clientId: row.id },
    });
    const tokenUrl = tokenUrlOf(directoryId, context.deps.publicUrl);
    return { ...directoryClientView(row), clientId: row.id, clientSecret, tokenUrl };
  });
}

export async function listClients(
  context: Context,
  organizationId: string,
  directoryId: string,
  page: PageQuery,
) {
  const { where, ...rest } = pageArguments(page, "asc");
  const rows = await context.deps.database.prisma.directoryClient.findMany({
    ...rest,
    where: { organizationId, directoryId, ...where },
  });
  return toPage(rows, page, directoryClientView);
}

/** Ends a client and every access token that it was issued. Throws `client_not_found`, also for one revoked before. */
export async function revokeClient(
  context: Context,
  organizationId: string,
  directoryId: string,
  id: string,
): Promise<void> {
  await change(context, async ({ tx, now, record }) => {
    // First the client: a token that is just being issued to it is waited for, and then found below.
    const { count } = await tx.directoryClient.updateMany({
      where: { id, organizationId, directoryId, revokedAt: null },
      data: { revokedAt: now },
    });
    if (count === 0) {
      throw problem("client_not_found");
    }
    const tokens = await tx.directoryToken.updateMany({
      where: { clientId: id, organizationId, directoryId, revokedAt: null },
      data: { revokedAt: now },
    });
    record({
      organizationId,
      type: "directory.client_revoked",
      resource: { type: "directory", id: directoryId },
      before: { clientId: id },
      data: { tokens: tokens.count },
    });
  });
}
