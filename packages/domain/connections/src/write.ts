import type { Connection, Sql } from "@sallyport/database";
import { defined } from "@sallyport/defined";
import { difference, pick, type RecordedTransaction } from "@sallyport/events";
import type { MetadataLifetime } from "./idp-metadata/schedule.ts";
import { type FollowedConnection, requestRefresh, saveRefreshed, unfollow } from "./idp-metadata/store.ts";
import { type AnySettings, parseConnectionSettings } from "./settings.ts";

/** Settings as they are to be, and what was read at the metadata URL, where it was looked at. */
export interface ReadSettings {
  readonly settings: AnySettings;
  readonly reading?: MetadataLifetime;
}

/** A new connection. The caller chooses `id`: a setup link shows it to the IdP admin before the connection exists. */
export type NewConnection = Pick<
  Connection,
  "id" | "organizationId" | "type" | "name" | "provider" | "status"
>;

/** Resolves to false where a connection has this id already. */
export async function createConnection(
  { tx, sql, record }: RecordedTransaction,
  connection: NewConnection,
  read: ReadSettings,
  now: Date,
): Promise<boolean> {
  const { id, organizationId, type, name, provider } = connection;
  if ((await tx.connection.findUnique({ where: { id }, select: { id: true } })) !== null) {
    return false;
  }
  const { settings } = read;
  await tx.connection.create({ data: { ...connection, settings } });
  await followMetadata(sql, { organizationId, connectionId: id }, read, now);
  record({
    organizationId,
    type: "connection.created",
    resource: { type: "connection", id },
    after: { type, name, provider, issuer: issuerOf(settings) },
  });
  return true;
}

/**
 * Resolves to null where somebody has changed the connection meanwhile: settings are not overwritten unseen.
 * @param current the connection as the patch was made for it
 * @param read new settings, where they change
 */
export async function updateConnection(
  { tx, sql, record }: RecordedTransaction,
  current: Connection,
  patch: Partial<Pick<Connection, "name" | "provider" | "status">>,
  read: ReadSettings | undefined,
  now: Date,
): Promise<Connection | null> {
  const { id, organizationId } = current;
  const [connection] = await tx.connection.updateManyAndReturn({
    where: { id, organizationId, updatedAt: current.updatedAt },
    data: { ...patch, ...defined({ settings: read?.settings }) },
  });
  if (connection === undefined) {
    return null;
  }
  if (read !== undefined) {
    await followMetadata(sql, { organizationId, connectionId: id }, read, now);
    // What a draft replaced is older than these: it is not brought back over them.
    await sql.query("DELETE FROM connection_versions WHERE connection_id = $1::uuid AND kind = 'replaced'", [
      id,
    ]);
  }
  const changed = changesOf(current, connection);
  if (changed !== null) {
    record({ organizationId, type: "connection.updated", resource: { type: "connection", id }, ...changed });
  }
  const followed = metadataUrlOf(current);
  if (followed !== undefined && metadataUrlOf(connection) === undefined) {
    record({
      organizationId,
      type: "connection.metadata_unfollowed",
      resource: { type: "connection", id },
      data: { metadataUrl: followed },
    });
  }
  return connection;
}

/** Deletes it with the identities that it knew. Resolves to false where the organization has no such connection. */
export async function deleteConnection(
  { tx, record }: RecordedTransaction,
  organizationId: string,
  id: string,
): Promise<boolean> {
  const connection = await tx.connection.findFirst({ where: { id, organizationId } });
  const { count } = await tx.connection.deleteMany({ where: { id, organizationId } });
  if (connection === null || count === 0) {
    return false;
  }
  const { type, name, provider } = connection;
  record({
    organizationId,
    type: "connection.deleted",
    resource: { type: "connection", id },
    before: { type, name, provider, issuer: issuerOf(settingsOf(connection)) },
  });
  return true;
}

/** From now on the connection follows what was read at its metadata URL, or nothing where it has no URL any more. */
async function followMetadata(
  sql: Sql,
  connection: FollowedConnection,
  { settings, reading }: ReadSettings,
  now: Date,
): Promise<void> {
  if (reading !== undefined) {
    await saveRefreshed(sql, connection, reading, now);
  } else if ("idpEntityId" in settings && settings.metadataUrl === undefined) {
    await unfollow(sql, connection);
  } else if ("idpEntityId" in settings && (settings.ssoBindingByHand || settings.sloBindingByHand)) {
    // The metadata knows the endpoint for a binding that was just chosen.
    await requestRefresh(sql, connection, now);
  }
}

function metadataUrlOf(connection: Connection): string | undefined {
  const settings = settingsOf(connection);
  return "idpEntityId" in settings ? settings.metadataUrl : undefined;
}

function issuerOf(settings: AnySettings): string {
  return "issuer" in settings ? settings.issuer : settings.idpEntityId;
}

function settingsOf(connection: Connection): AnySettings {
  return parseConnectionSettings(connection.type, connection.settings);
}

/** The names of the settings that differ. */
export function changedSettings(before: AnySettings, after: AnySettings): string[] {
  return Object.keys(difference<object>(before, after)?.after ?? {});
}

/** The fields of an update event: of settings their names, since some of them are secret. Null: nothing changed. */
function changesOf(before: Connection, after: Connection) {
  const [old, present] = [settingsOf(before), settingsOf(after)];
  const settings = changedSettings(old, present);
  const names = ["name", "provider", "status"] as const;
  const fields = difference(
    { ...pick(before, names), issuer: issuerOf(old) },
    { ...pick(after, names), issuer: issuerOf(present) },
  );
  if (fields === null && settings.length === 0) {
    return null;
  }
  return { ...(fields ?? { before: {}, after: {} }), data: { settings } };
}
