import {
  type ConnectionSettings,
  clientSecretContext,
  type OidcSettings,
  oidcSettings,
  parseConnectionSettings,
} from "@sallyport/connections";
import { askForLook, type FollowedConnection, saveRead, unfollow } from "@sallyport/connections/idp-metadata";
import { type Connection, newId, type Prisma, type Sql } from "@sallyport/database";
import { defined } from "@sallyport/defined";
import { difference, pick } from "@sallyport/events";
import { type PageQuery, pageArguments, toPage } from "../../api/page.ts";
import { change } from "../../change.ts";
import type { Context } from "../../context.ts";
import { problem } from "../../errors.ts";
import { type SettledSaml, samlSettingsFrom } from "./saml.ts";
import type { ConnectionPatch, NewConnection, NewOidc, SamlInput } from "./schema.ts";
import { connectionView, SHOWN } from "./view.ts";

export async function createConnection(context: Context, organizationId: string, input: NewConnection) {
  const { deps, caller } = context;
  // Of a setup link the IdP was told before, and nobody is to be signed in by it before it was tried.
  const id = caller.type === "setupLink" ? caller.connectionId : newId();
  const status = caller.type === "setupLink" ? "disabled" : "active";
  const settled: Settled =
    input.type === "saml"
      ? await samlSettingsFrom(input.saml, undefined, deps.outbound, deps.now())
      : { settings: newOidcSettings(context, id, input.oidc) };
  const { settings } = settled;
  const { type, name, provider } = input;
  return change(context, async ({ tx, sql, now, record }) => {
    if (input.type === "saml") {
      await requireInitiateLogin(tx, input.saml);
    }
    if ((await tx.connection.findUnique({ where: { id }, select: { id: true } })) !== null) {
      throw problem("connection_exists");
    }
    await tx.connection.create({ data: { id, organizationId, type, name, provider, status, settings } });
    await followMetadata(sql, { organizationId, connectionId: id }, settled, now);
    record({
      organizationId,
      type: "connection.created",
      resource: { type: "connection", id },
      after: { type, name, provider, issuer: issuerOf(settings) },
    });
    return show(tx, organizationId, id, deps);
  });
}

export async function listConnections(context: Context, organizationId: string, page: PageQuery) {
  const { where, ...rest } = pageArguments(page, "asc");
  const rows = await context.deps.database.prisma.connection.findMany({
    ...rest,
    ...SHOWN,
    where: { organizationId, ...where },
  });
  return toPage(rows, page, (row) => connectionView(row, context.deps));
}

export async function getConnection(context: Context, organizationId: string, id: string) {
  const { prisma } = context.deps.database;
  const row = await prisma.connection.findFirst({ ...SHOWN, where: { id, organizationId } });
  if (row === null) {
    throw problem("connection_not_found");
  }
  return connectionView(row, context.deps);
}

/** Throws `connection_not_found`. */
async function findConnection(context: Context, organizationId: string, id: string): Promise<Connection> {
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
  const settled = await patchedSettings(context, current, patch);
  const settings = settled?.settings;
  const { saml: _saml, oidc: _oidc, ...columns } = patch;
  return change(context, async ({ tx, sql, now, record, endSessions }) => {
    await requireInitiateLogin(tx, patch.saml);
    const [row] = await tx.connection.updateManyAndReturn({
      // Metadata was fetched meanwhile: settings that somebody else changed are not overwritten unseen.
      where: { id, organizationId, updatedAt: current.updatedAt },
      data: { ...columns, ...defined({ settings }) },
    });
    if (row === undefined) {
      throw problem("changed_meanwhile");
    }
    if (settled !== undefined) {
      await followMetadata(sql, { organizationId, connectionId: id }, settled, now);
    }
    const changed = changesOf(current, row);
    if (changed !== null) {
      record({
        organizationId,
        type: "connection.updated",
        resource: { type: "connection", id },
        ...changed,
      });
    }
    const followed = metadataUrlOf(current);
    if (followed !== undefined && metadataUrlOf(row) === undefined) {
      record({
        organizationId,
        type: "connection.metadata_unfollowed",
        resource: { type: "connection", id },
        data: { metadataUrl: followed },
      });
    }
    // Once more when it is enabled again: a login that was under way while it was disabled has left a session behind,
    // which nobody could use until now.
    if (row.status === "disabled" || current.status === "disabled") {
      await endSessions(organizationId, { connectionId: id }, "connection_disabled");
    }
    return show(tx, organizationId, id, context.deps);
  });
}

/** Deletes it with the identities that it knew; the sessions that came by it end. */
export async function deleteConnection(context: Context, organizationId: string, id: string): Promise<void> {
  await change(context, async ({ tx, record, endSessions }) => {
    const row = await tx.connection.findFirst({ where: { id, organizationId } });
    const { count } = await tx.connection.deleteMany({ where: { id, organizationId } });
    if (row === null || count === 0) {
      throw problem("connection_not_found");
    }
    await endSessions(organizationId, { connectionId: id }, "connection_deleted");
    const { type, name, provider } = row;
    record({
      organizationId,
      type: "connection.deleted",
      resource: { type: "connection", id },
      before: { type, name, provider, issuer: issuerOf(settingsOf(row)) },
    });
  });
}

function metadataUrlOf(row: Connection): string | undefined {
  const settings = settingsOf(row);
  return "idpEntityId" in settings ? settings.metadataUrl : undefined;
}

type Settled = SettledSaml | { readonly settings: OidcSettings; readonly reading?: never };

/** From now on the connection follows what was read at its metadata URL, or nothing where it has no URL any more. */
async function followMetadata(
  sql: Sql,
  connection: FollowedConnection,
  { settings, reading }: Settled,
  now: Date,
): Promise<void> {
  if (reading !== undefined) {
    await saveRead(sql, connection, reading, now);
  } else if ("idpEntityId" in settings && settings.metadataUrl === undefined) {
    await unfollow(sql, connection);
  } else if ("idpEntityId" in settings && (settings.ssoBindingByHand || settings.sloBindingByHand)) {
    // The metadata knows the endpoint for a binding that was just chosen.
    await askForLook(sql, connection, now);
  }
}

async function show(tx: Prisma.TransactionClient, organizationId: string, id: string, deps: Context["deps"]) {
  return connectionView(
    await tx.connection.findFirstOrThrow({ ...SHOWN, where: { id, organizationId } }),
    deps,
  );
}

async function patchedSettings(
  context: Context,
  row: Connection,
  patch: ConnectionPatch,
): Promise<Settled | undefined> {
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
async function requireInitiateLogin(
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

function issuerOf(settings: ConnectionSettings[keyof ConnectionSettings]): string {
  return "issuer" in settings ? settings.issuer : settings.idpEntityId;
}

function settingsOf(row: Connection): ConnectionSettings[keyof ConnectionSettings] {
  return parseConnectionSettings(row.type, row.settings);
}

/** What an event tells of an update: of settings their names, since some of them are secret. Null: nothing changed. */
function changesOf(before: Connection, after: Connection) {
  const [old, present] = [settingsOf(before), settingsOf(after)];
  const settings = Object.keys(difference<object>(old, present)?.after ?? {});
  const names = ["name", "provider", "status"] as const;
  const told = difference(
    { ...pick(before, names), issuer: issuerOf(old) },
    { ...pick(after, names), issuer: issuerOf(present) },
  );
  if (told === null && settings.length === 0) {
    return null;
  }
  return { ...(told ?? { before: {}, after: {} }), data: { settings } };
}
