import * as directories from "@sallyport/directories";
import { type PageQuery, pageArguments, toPage } from "../../api/page.ts";
import { change } from "../../change.ts";
import type { Context } from "../../context.ts";
import { problem } from "../../errors.ts";
import { directoryTokenView } from "./schema.ts";

/** The token itself is in the result alone. Throws `tokens_too_many` when two are live already. */
export function createToken(
  context: Context,
  organizationId: string,
  directoryId: string,
  expiresAt: Date | null,
) {
  return change(context, async (transaction) => {
    const { now } = transaction;
    const created = await directories.createToken(transaction, organizationId, directoryId, expiresAt, now);
    if (created === "not_found") {
      throw problem("directory_not_found");
    }
    if (created === "too_many") {
      throw problem("tokens_too_many");
    }
    return { ...directoryTokenView(created.row), token: created.token };
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
  await change(context, async (transaction) => {
    if (!(await directories.revokeToken(transaction, organizationId, directoryId, id, transaction.now))) {
      throw problem("token_not_found");
    }
  });
}
