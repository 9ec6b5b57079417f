import * as applications from "@sallyport/applications";
import { defined } from "@sallyport/defined";
import type { z } from "zod";
import { type PageQuery, pageArguments, toPage } from "../../api/page.ts";
import { change } from "../../change.ts";
import type { Context } from "../../context.ts";
import { problem } from "../../errors.ts";
import { type applicationPatch, applicationView, type newApplication } from "./schema.ts";

/** The secret, for those that can keep one, is in the result alone. */
export function createApplication(context: Context, input: z.output<typeof newApplication>) {
  const { public: isPublic, ...settings } = input;
  return change(context, async (transaction) => {
    const { application, clientSecret } = await applications.createApplication(
      transaction,
      settings,
      isPublic,
    );
    return { ...applicationView(application), ...defined({ clientSecret }) };
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
  return change(context, async (transaction) => {
    const application = await applications.updateApplication(transaction, id, patch);
    if (application === null) {
      throw problem("application_not_found");
    }
    return applicationView(application);
  });
}

/** The old secret is no longer good. Throws `application_public` for one that has none. */
export function rotateClientSecret(context: Context, id: string) {
  return change(context, async (transaction) => {
    const rotated = await applications.rotateClientSecret(transaction, id);
    if (rotated === "not_found") {
      throw problem("application_not_found");
    }
    if (rotated === "public") {
      throw problem("application_public");
    }
    return rotated;
  });
}

export async function deleteApplication(context: Context, id: string): Promise<void> {
  await change(context, async (transaction) => {
    if (!(await applications.deleteApplication(transaction, id))) {
      throw problem("application_not_found");
    }
  });
}
