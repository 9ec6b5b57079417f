import * as connections from "@sallyport/connections";
import { type ConnectionVersion, parseConnectionSettings } from "@sallyport/connections";
import type { Connection, Organization } from "@sallyport/database";
import { createTestLogin, isDraftTested } from "@sallyport/login-records";
import type { z } from "zod";
import { change } from "../../change.ts";
import type { Context } from "../../context.ts";
import { problem } from "../../errors.ts";
import type { newConnectionDraft } from "../connections/schema.ts";
import {
  findConnection,
  patchedSettings,
  requireInitiateLogin,
  showConnection,
} from "../connections/store.ts";
import { connectionView, SHOWN } from "../connections/view.ts";
import { testLoginLink } from "../test-logins/link.ts";
import type { draftActivation } from "./schema.ts";

type InOrganization = Context & { readonly organization: Organization };

/** Throws `connection_draft_not_found`. */
export async function readDraft(context: InOrganization, id: string) {
  const { current, draft } = await findDraft(context, id);
  return draftView(context, current, draft);
}

/** Makes a draft of the settings that the connection has, or those of the draft before, with what the patch changes of them. */
export async function saveDraft(
  context: InOrganization,
  id: string,
  patch: z.output<typeof newConnectionDraft>,
) {
  const current = await findConnection(context, context.organization.id, id);
  const draft =
    patch.basedOn === "draft"
      ? await connections.findVersion(context.deps.database.sql, current, "draft")
      : null;
  const base = draft ?? current;
  const read = await patchedSettings(context, { ...current, settings: base.settings }, patch);
  const settings = read?.settings ?? parseConnectionSettings(current.type, base.settings);
  await change(context, async (transaction) => {
    await requireInitiateLogin(transaction.tx, patch.saml);
    const provider = patch.provider ?? base.provider;
    await connections.saveDraft(transaction, current, { provider, settings }, transaction.now);
  });
  return readDraft(context, id);
}

/** Throws `connection_draft_not_found`. */
export async function discardDraft(context: InOrganization, id: string): Promise<void> {
  const current = await findConnection(context, context.organization.id, id);
  await change(context, async (transaction) => {
    if (!(await connections.discardDraft(transaction, current))) {
      throw problem("connection_draft_not_found");
    }
  });
}

/** A test of the draft, while logins go on by the settings that the connection has. */
export async function createDraftTest(context: InOrganization, connectionId: string) {
  const { deps, organization } = context;
  const { draft } = await findDraft(context, connectionId);
  const key = { organizationId: organization.id, connectionId };
  return testLoginLink(await createTestLogin(deps.database.sql, key, deps.now(), draft.version), deps);
}

/** Throws `connection_draft_untested`, unless whoever may do so does without. */
export async function activateDraft(
  context: InOrganization,
  id: string,
  { untested }: z.output<typeof draftActivation>,
) {
  const { current, draft } = await findDraft(context, id);
  const tested = await isTested(context, current, draft);
  if (!tested && (!untested || context.caller.type === "setupLink")) {
    throw problem("connection_draft_untested");
  }
  return change(context, async (transaction) => {
    const { tx, now } = transaction;
    if (!(await connections.activateDraft(transaction, current, draft, { tested, now }))) {
      throw problem("changed_meanwhile");
    }
    return showConnection(tx, current.organizationId, id, context.deps);
  });
}

/** Throws `replaced_settings_not_found`. */
export async function readReplaced(context: InOrganization, id: string) {
  const { current, replaced } = await findReplaced(context, id);
  return {
    connection: await viewWith(context, current, replaced),
    replacedAt: replaced.createdAt.toISOString(),
  };
}

/** Throws `replaced_settings_not_found`. */
export async function revertConnection(context: InOrganization, id: string) {
  const { current, replaced } = await findReplaced(context, id);
  return change(context, async (transaction) => {
    if (!(await connections.revertConnection(transaction, current, replaced, transaction.now))) {
      throw problem("changed_meanwhile");
    }
    return showConnection(transaction.tx, current.organizationId, id, context.deps);
  });
}

async function findDraft(context: InOrganization, id: string) {
  const current = await findConnection(context, context.organization.id, id);
  const draft = await connections.findVersion(context.deps.database.sql, current, "draft");
  if (draft === null) {
    throw problem("connection_draft_not_found");
  }
  return { current, draft };
}

async function findReplaced(context: InOrganization, id: string) {
  const current = await findConnection(context, context.organization.id, id);
  const replaced = await connections.findVersion(context.deps.database.sql, current, "replaced");
  if (replaced === null) {
    throw problem("replaced_settings_not_found");
  }
  return { current, replaced };
}

async function draftView(context: InOrganization, current: Connection, draft: ConnectionVersion) {
  return {
    connection: await viewWith(context, current, draft),
    tested: await isTested(context, current, draft),
    savedAt: draft.createdAt.toISOString(),
  };
}

/** The connection as it would be with these settings. What is told of its metadata is of those that it has. */
async function viewWith(
  { deps }: Context,
  { id, organizationId }: Connection,
  { provider, settings }: ConnectionVersion,
) {
  const row = await deps.database.prisma.connection.findFirstOrThrow({
    ...SHOWN,
    where: { id, organizationId },
  });
  return connectionView({ ...row, provider, settings, metadata: null }, deps);
}

function isTested({ deps }: Context, { id, organizationId }: Connection, { version }: ConnectionVersion) {
  return isDraftTested(deps.database.sql, { organizationId, connectionId: id, version });
}
