import { newId } from "@sallyport/database";
import { digestToken, newToken } from "@sallyport/secrets";
import type { z } from "zod";
import { type PageQuery, pageArguments, toPage } from "../../api/page.ts";
import { change } from "../../change.ts";
import type { Context } from "../../context.ts";
import { problem } from "../../errors.ts";
import { type applicationPatch, applicationView, type newApplication } from "./schema.ts";

/** The secret, for those that can keep one, is in the result alone. */
export function createApplication(context: Context, input: z.output<typeof newApplication>) {
  const { public: isPublic, ...columns } = input;
  const id = newId();
  const clientSecret = isPublic ? undefined : newClientSecret();
  return change(context, async ({ tx, record }) => {
    const row = await tx.application.create({
      data: {
        id,
        clientId: id, // one id to look for, in logs as in tokens
        clientSecretDigest: clientSecret?.digest ?? null,
        ...columns,
      },
    });
    record({
      organizationId: null,
      type: "application.created",
      resource: { type: "application", id },
      data: { redirectUris: input.redirectUris, public: isPublic },
    });
    return {
      ...applicationView(row),
      ...(clientSecret === undefined ? {} : { clientSecret: clientSecret.secret }),
    };
  });
}

export async function listApplications(context: Context, page: PageQuery) {
  const rows = await context.deps.database.prisma.application.findMany(pageArguments(page, "asc"));
  return toPage(rows, page, applicationView);
}

export async function getApplication(context: Context, id: string) {
  const row = await context.deps.database.prisma.application.findUnique({ where: { id } });
  if (row === null) throw problem("application_not_found");
  return applicationView(row);
}

export function updateApplication(context: Context, id: string, patch: z.output<typeof applicationPatch>) {
  return change(context, async ({ tx, record }) => {
    const [row] = await tx.application.updateManyAndReturn({ where: { id }, data: patch });
    if (row === undefined) throw problem("application_not_found");
    record({
      organizationId: null,
      type: "application.updated",
      resource: { type: "application", id },
      data: patch,
    });
    return applicationView(row);
  });
}

/** The old secret is no longer good. Throws `application_public` for one that has none. */
export function rotateClientSecret(context: Context, id: string) {
  const { secret, digest } = newClientSecret();
  return change(context, async ({ tx, record }) => {
    const row = await tx.application.findUnique({ where: { id } });
    if (row === null) throw problem("application_not_found");
    if (row.clientSecretDigest === null) throw problem("application_public");
    await tx.application.updateMany({ where: { id }, data: { clientSecretDigest: digest } });
    record({
      organizationId: null,
      type: "application.secret_rotated",
      resource: { type: "application", id },
    });
    return { clientId: row.clientId, clientSecret: secret };
  });
}

export async function deleteApplication(context: Context, id: string): Promise<void> {
  await change(context, async ({ tx, record }) => {
    const { count } = await tx.application.deleteMany({ where: { id } });
    if (count === 0) throw problem("application_not_found");
    record({ organizationId: null, type: "application.deleted", resource: { type: "application", id } });
  });
}

function newClientSecret() {
  const secret = newToken("client");
  return { secret, digest: Uint8Array.from(digestToken(secret)) };
}
