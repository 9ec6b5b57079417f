import * as connections from "@sallyport/connections";
import {
  clientSecretContext,
  type OidcSettings,
  oidcSettings,
  parseConnectionSettings,
  type ReadSettings,
} from "@sallyport/connections";
import { type Connection, newId, type Prisma } from "@sallyport/database";
import { type PageQuery, pageArguments, toPage } from "../../api/page.ts";
import { change } from "../../change.ts";
import type { Context } from "../../context.ts";
import { problem } from "../../errors.ts";
import { samlSettingsFrom } from "./saml.ts";
import type { ConnectionPatch, NewConnection, NewOidc, SamlInput } from "./schema.ts";
import { lastLogins } from "./usage.ts";
import { connectionView, SHOWN } from "./view.ts";

export async function createConnection(context: Context, organizationId: string, input: NewConnection) {
  const { deps, caller } = context;
  // Of a setup link the IdP was told before, and nobody is to be signed in by it before it was tried.
  const id = caller.type === "setupLink" ? caller.connectionId : newId();
  const status = caller.type === "setupLink" ? "disabled" : "active";
  const read: ReadSettings =
    input.type === "saml"
      ? await samlSettingsFrom(input.saml, undefined, deps.outbound, deps.now())
      : { settings: newOidcSettings(context, id, input.oidc) };
  const { type, name, provider } = input;
  return change(context, async (transaction) => {
    const { tx, now } = transaction;
    if (input.type === "saml") {
      await requireInitiateLogin(tx, input.saml);
    }
    const connection = { id, organizationId, type, name, provider, status } as const;
    if (!(await connections.createConnection(transaction, connection, read, now))) {
      throw problem("connection_exists");
    }
    return showConnection(tx, organizationId, id, deps);
  });
}

export async function listConnections(context: Context, organizationId: string, page: PageQuery) {
  const { where, ...rest } = pageArguments(page, "asc");
  const rows = await context.deps.database.prisma.connection.findMany({
    ...rest,
    ...SHOWN,
    where: { organizationId, ...where },
  });
  const lastLogin = await lastLogins(
    context.deps.database.sql,
    rows.map(({ id }) => id),
  );
  return toPage(rows, page, (row) => ({
    ...connectionView(row, context.deps),
    lastLoginAt: lastLogin(row.id),
  }));
}

export async function getConnection(context: Context, organizationId: string, id: string) {
  const { prisma } = context.deps.database;
  const row = await prisma.connection.findFirst({ ...SHOWN, where: { id, organizationId } });
  if (row === null) {
    throw problem("connection_not_found");
  }
  const lastLogin = await lastLogins(context.deps.database.sql, [id]);
  return { ...connectionView(row, context.deps), lastLoginAt: lastLogin(id) };
}

/** Throws `connection_not_found`. */
export async function findConnection(
  context: Context,
  organizationId: string,
  id: string,
): Promise<Connection> {
  const row = await context.deps.database.prisma.connection.findFirst({ where: { id, organizationId } });
  if (row === null) {
    throw problem("connection_not_found");
  }
  return row;
}

/**
 * Changes what the patch names. Disabling ends the sessions that came by the connection: whoever no longer trusts an
 * identity provider does not trust what it has vouched for. Throws `connection_type_mismatch` for foreign settings.
 */
export async function updateConnection(
  context: Context,
  organizationId: string,
  id: string,
  patch: ConnectionPatch,
) {
  const current = await findConnection(context, organizationId, id);
  // People sign in by it: whoever holds a link changes it by a draft, which has to pass a test.
  if (context.caller.type === "setupLink" && current.status === "active" && changesSettings(patch)) {
    throw problem("connection_active");
  }
  const read = await patchedSettings(context, current, patch);
  const { saml: _saml, oidc: _oidc, ...columns } = patch;
  return change(context, async (transaction) => {
    const { tx, now, endSessions } = transaction;
    await requireInitiateLogin(tx, patch.saml);
    // Metadata was fetched meanwhile, in which time somebody else may have changed the settings.
    const row = await connections.updateConnection(transaction, current, columns, read, now);
    if (row === null) {
      throw problem("changed_meanwhile");
    }
    // Once more when it is enabled again: a login that was under way while it was disabled has left a session behind,
    // which nobody could use until now.
    if (row.status === "disabled" || current.status === "disabled") {
      await endSessions(organizationId, { connectionId: id }, "connection_disabled");
    }
    return showConnection(tx, organizationId, id, context.deps);
  });
}

function changesSettings({ saml, oidc, provider }: ConnectionPatch): boolean {
  return saml !== undefined || oidc !== undefined || provider !== undefined;
}

/** Deletes it with the identities that it knew; the sessions that came by it end. Throws `connection_not_found`. */
export async function deleteConnection(context: Context, organizationId: string, id: string): Promise<void> {
  await change(context, async (transaction) => {
    if (!(await connections.deleteConnection(transaction, organizationId, id))) {
      throw problem("connection_not_found");
    }
    await transaction.endSessions(organizationId, { connectionId: id }, "connection_deleted");
  });
}

export async function showConnection(
  tx: Prisma.TransactionClient,
  organizationId: string,
  id: string,
  deps: Context["deps"],
) {
  return connectionView(
    await tx.connection.findFirstOrThrow({ ...SHOWN, where: { id, organizationId } }),
    deps,
  );
}

/** The settings that a patch makes of those that the connection has; undefined where it names none. */
export async function patchedSettings(
  context: Context,
  row: Pick<Connection, "id" | "type"> & { readonly settings: unknown },
  patch: Pick<ConnectionPatch, "saml" | "oidc">,
): Promise<ReadSettings | undefined> {
  const { deps } = context;
  if (row.type === "saml") {
    if (patch.oidc !== undefined) {
      throw problem("connection_type_mismatch", { field: "oidc" });
    }
    if (patch.saml === undefined) {
      return undefined;
    }
    const current = parseConnectionSettings("saml", row.settings);
    return samlSettingsFrom(patch.saml, current, deps.outbound, deps.now());
  }
  if (patch.saml !== undefined) {
    throw problem("connection_type_mismatch", { field: "saml" });
  }
  if (patch.oidc === undefined) {
    return undefined;
  }
  const current = parseConnectionSettings("oidc", row.settings);
  return { settings: patchedOidc(context, row.id, current, patch.oidc) };
}

function newOidcSettings(context: Context, id: string, input: NewOidc): OidcSettings {
  const { clientSecret, ...rest } = input;
  return oidcSettings.parse({
    ...rest,
    ...(clientSecret === undefined ? {} : { clientSecret: seal(context, id, clientSecret) }),
  });
}

/**
 * The secret, which is never shown, is sent to whatever token endpoint the issuer names: under another issuer it would be
 * shown to whoever chose that one. So it does not follow to another, compared by the letter: there a new one is needed, or
 * the connection's own key. Throws `client_secret_required`.
 */
function patchedOidc(
  context: Context,
  id: string,
  current: OidcSettings,
  { clientSecret, ...patch }: NonNullable<ConnectionPatch["oidc"]>,
): OidcSettings {
  const { clientSecret: kept, ...rest } = { ...current, ...patch };
  if (clientSecret !== undefined) {
    return { ...rest, clientSecret: seal(context, id, clientSecret) };
  }
  const known = rest.issuer === current.issuer ? kept : undefined;
  if (known === undefined && rest.clientAuthentication !== "private_key_jwt") {
    throw problem("client_secret_required", { field: "oidc.clientSecret" });
  }
  return { ...rest, ...(known === undefined ? {} : { clientSecret: known }) };
}

/** People can only be sent to an application that says where. Throws `application_unknown`, `initiate_login_missing`. */
export async function requireInitiateLogin(
  tx: Prisma.TransactionClient,
  saml: Pick<SamlInput, "idpInitiated"> | undefined,
): Promise<void> {
  const { applicationId } = saml?.idpInitiated ?? {};
  if (applicationId === undefined) {
    return;
  }
  const field = "saml.idpInitiated.applicationId";
  const application = await tx.application.findUnique({ where: { id: applicationId } });
  if (application === null) {
    throw problem("application_unknown", { field });
  }
  if (application.initiateLoginUri === null) {
    throw problem("initiate_login_missing", { field });
  }
}

function seal(context: Context, connectionId: string, clientSecret: string): string {
  return context.deps.secrets.seal(clientSecret, clientSecretContext(connectionId));
}
