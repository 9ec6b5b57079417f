import { type PageQuery, pageArguments, toPage } from "../../api/page.ts";
import { change } from "../../change.ts";
import type { Context } from "../../context.ts";
import type { RotateSigningKeys } from "../../deps.ts";
import { signingKeyView } from "./schema.ts";

export async function listSigningKeys(context: Context, page: PageQuery) {
  const rows = await context.deps.database.prisma.signingKey.findMany(pageArguments(page, "desc"));
  return toPage(rows, page, signingKeyView);
}

/** The keys' own transaction is the last thing inside of this one: no rotation without its event. */
export function rotateSigningKeys(context: Context, rotate: RotateSigningKeys, immediately: boolean) {
  return change(context, async ({ record }) => {
    const id = await rotate({ immediately });
    record({
      organizationId: null,
      type: "signing_key.rotated",
      resource: { type: "signingKey", id },
      data: { immediately },
    });
    return { id };
  });
}
