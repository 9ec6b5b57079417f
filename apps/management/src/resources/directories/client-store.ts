import * as directories from "@sallyport/directories";
import { type PageQuery, pageArguments, toPage } from "../../api/page.ts";
import { change } from "../../change.ts";
import type { Context } from "../../context.ts";
import { problem } from "../../errors.ts";
import { directoryClientView, tokenUrlOf } from "./schema.ts";

/** Makes an OAuth client, whose secret is in the result alone. Throws `clients_too_many` when two are live already. */
export function createClient(context: Context, organizationId: string, directoryId: string) {
  return change(context, async (transaction) => {
    const created = await directories.createClient(transaction, organizationId, directoryId);
    if (created === "not_found") {
      throw problem("directory_not_found");
    }
    if (created === "too_many") {
      throw problem("clients_too_many");
    }
    const { row, clientSecret } = created;
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
  await change(context, async (transaction) => {
    if (!(await directories.revokeClient(transaction, organizationId, directoryId, id, transaction.now))) {
      throw problem("client_not_found");
    }
  });
}
