import { type Application, newId, type Sql } from "@sallyport/database";
import { difference, pick } from "@sallyport/events";
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
      after: { ...toldOf(row), public: isPublic },
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
  if (row === null) {
    throw problem("application_not_found");
  }
  return applicationView(row);
}

export function updateApplication(context: Context, id: string, patch: z.output<typeof applicationPatch>) {
  return change(context, async ({ tx, sql, record }) => {
    await lockApplication(sql, id);
    const before = await tx.application.findUnique({ where: { id } });
    const [row] = await tx.application.updateManyAndReturn({ where: { id }, data: patch });
    if (before === null || row === undefined) {
      throw problem("application_not_found");
    }
    const changed = difference(toldOf(before), toldOf(row));
    if (changed !== null) {
      record({
        organizationId: null,
        type: "application.updated",
        resource: { type: "application", id },
        ...changed,
      });
    }
    return applicationView(row);
  });
}

/** The old secret is no longer good. Throws `application_public` for one that has none. */
export function rotateClientSecret(context: Context, id: string) {
  const { secret, digest } = newClientSecret();
  return change(context, async ({ tx, record }) => {
    const row = await tx.application.findUnique({ where: { id } });
    if (row === null) {
      throw problem("application_not_found");
    }
    if (row.clientSecretDigest === null) {
      throw problem("application_public");
    }
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
    const row = await tx.application.findUnique({ where: { id } });
    const { count } = await tx.application.deleteMany({ where: { id } });
    if (row === null || count === 0) {
      throw problem("application_not_found");
    }
    record({
      organizationId: null,
      type: "application.deleted",
      resource: { type: "application", id },
      before: pick(row, ["name"]),
    });
  });
}

/** What events tell of an application. */
function toldOf(row: Application) {
  return pick(row, [
    "name",
    "redirectUris",
    "postLogoutRedirectUris",
    "backchannelLogoutUri",
    "initiateLoginUri",
    "targetUris",
    "idTokenSigningAlg",
    "accessTokenSigningAlg",
  ]);
}

async function lockApplication(sql: Sql, id: string): Promise<void> {
  await sql.query("SELECT id FROM applications WHERE id = $1::uuid FOR NO KEY UPDATE", [id]);
}

function newClientSecret() {
  const secret = newToken("client");
  return { secret, digest: Uint8Array.from(digestToken(secret)) };
}
