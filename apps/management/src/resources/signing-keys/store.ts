import { type PageQuery, pageArguments, toPage } from "../../api/page.ts";
import { change } from "../../change.ts";
import type { Context } from "../../context.ts";
import type { SigningKeyChanges } from "../../deps.ts";
import { problem } from "../../errors.ts";
import { signingKeyView } from "./schema.ts";

export async function listSigningKeys(context: Context, page: PageQuery) {
  const rows = await context.deps.database.prisma.signingKey.findMany(pageArguments(page, "desc"));
  return toPage(rows, page, signingKeyView);
}

export function rotateSigningKeys(context: Context, keys: SigningKeyChanges, immediately: boolean) {
  return change(context, async ({ record, sql }) => {
    const made = await keys.rotate({ immediately }, sql);
    for (const id of Object.values(made)) {
      record({
        organizationId: null,
        type: "signing_key.rotated",
        resource: { type: "signingKey", id },
        data: { immediately },
      });
    }
    return {
      id: made.ES256,
      keys: Object.entries(made).map(([algorithm, id]) => ({ id, algorithm })),
    };
  });
}

export function distrustSigningKey(context: Context, keys: SigningKeyChanges, kid: string) {
  return change(context, async ({ record, sql, tx }) => {
    const result = await keys.distrust(kid, sql);
    if (result.outcome === "unknown") {
      throw problem("kid_not_found");
    }
    if (result.outcome === "distrusted") {
      record({
        organizationId: null,
        type: "signing_key.distrusted",
        resource: { type: "signingKey", id: kid },
        data: { successor: result.successor },
      });
    }
    return signingKeyView(await tx.signingKey.findUniqueOrThrow({ where: { id: kid } }));
  });
}
