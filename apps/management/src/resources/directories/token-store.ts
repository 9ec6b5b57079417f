import { newId, type Prisma } from "@sallyport/database";
import { digestToken, newToken, tokenHint } from "@sallyport/secrets";
import { type PageQuery, pageArguments, toPage } from "../../api/page.ts";
import { change } from "../../change.ts";
import type { Context } from "../../context.ts";
import { problem } from "../../errors.ts";
import { lockDirectory } from "./lock.ts";
import { directoryTokenView } from "./schema.ts";

// One in use and one to change over to: a rotation without a gap. What OAuth clients are issued does not count.
const MAX_LIVE_TOKENS = 2;

/** Makes a token and stores its digest. The token itself is in the result alone. */
export async function insertToken(
  tx: Prisma.TransactionClient,
  directory: { readonly id: string; readonly organizationId: string },
  expiresAt: Date | null,
) {
  const token = newToken("scim");
  const row = await tx.directoryToken.create({
    data: {
      id: newId(),
      organizationId: directory.organizationId,
      directoryId: directory.id,
      digest: Uint8Array.from(digestToken(token)),
      hint: tokenHint(token),
      expiresAt,
    },
  });
  return { row, token };
}

/** Throws `tokens_too_many` when two are live already. */
export function createToken(
  context: Context,
  organizationId: string,
  directoryId: string,
  expiresAt: Date | null,
) {
  return change(context, async ({ tx, sql, now, record }) => {
    // Two requests at once must not both see one live token.
    await lockDirectory(sql, organizationId, directoryId);
    const live = await tx.directoryToken.count({
      where: {
        organizationId,
        directoryId,
        clientId: null,
        revokedAt: null,
        OR: [{ expiresAt: null }, { expiresAt: { gt: now } }],
      },
    });
    if (live >= MAX_LIVE_TOKENS) {
      throw problem("tokens_too_many");
    }
    const { row, token } = await insertToken(tx, { id: directoryId, organizationId }, expiresAt);
    record({
      organizationId,
      type: "directory.token_created",
      resource: { type: "directory", id: directoryId },
      after: { tokenId: row.id, expiresAt: expiresAt?.toISOString() ?? null },
    });
    return { ...directoryTokenView(row), token };
  });
}

export async function listTokens(
  context: Context,
  organizationId: string,
  directoryId: string,
  page: PageQuery,
) {
  const { where, ...rest } = pageArguments(page, "asc");
  const rows = await context.deps.database.prisma.directoryToken.findMany({
    ...rest,
    where: { organizationId, directoryId, clientId: null, ...where },
  });
  return toPage(rows, page, directoryTokenView);
}

/** Throws `token_not_found`, also for one that was revoked before. */
export async function revokeToken(
  context: Context,
  organizationId: string,
  directoryId: string,
  id: string,
): Promise<void> {
  await change(context, async ({ tx, now, record }) => {
    const { count } = await tx.directoryToken.updateMany({
      where: { id, organizationId, directoryId, clientId: null, revokedAt: null },
      data: { revokedAt: now },
    });
    if (count === 0) {
      throw problem("token_not_found");
    }
    record({
      organizationId,
      type: "directory.token_revoked",
      resource: { type: "directory", id: directoryId },
      before: { tokenId: id },
    });
  });
}
