import { type Database, type DirectoryClient, newId } from "@sallyport/database";
import { defined } from "@sallyport/defined";
import { type RecordedTransaction, recordEvents } from "@sallyport/events";
import { digestToken, newToken, tokenHint } from "@sallyport/secrets";
import { lockDirectory } from "../lock.ts";

// One in use and one to change over to: a rotation without a gap.
const MAX_LIVE_CLIENTS = 2;

export interface NewDirectoryClient {
  readonly row: DirectoryClient;
  /** Stored by its digest: it is here alone. */
  readonly clientSecret: string;
}

/** Makes an OAuth client, unless two are live already, or the organization has no such directory. */
export async function createClient(
  { tx, sql, record }: RecordedTransaction,
  organizationId: string,
  directoryId: string,
): Promise<NewDirectoryClient | "not_found" | "too_many"> {
  if (!(await lockDirectory(sql, organizationId, directoryId))) {
    return "not_found";
  }
  const live = await tx.directoryClient.count({ where: { organizationId, directoryId, revokedAt: null } });
  if (live >= MAX_LIVE_CLIENTS) {
    return "too_many";
  }
  const clientSecret = newToken("scim_secret");
  const row = await tx.directoryClient.create({
    data: {
      id: newId(),
      organizationId,
      directoryId,
      secretDigest: Uint8Array.from(digestToken(clientSecret)),
      hint: tokenHint(clientSecret),
    },
  });
  record({
    organizationId,
    type: "directory.client_created",
    resource: { type: "directory", id: directoryId },
    after: { clientId: row.id },
  });
  return { row, clientSecret };
}

/**
 * Ends a client and every access token that it was issued. Resolves to false for an unknown one, and one that was revoked
 * before.
 */
export async function revokeClient(
  { tx, record }: RecordedTransaction,
  organizationId: string,
  directoryId: string,
  id: string,
  now: Date,
): Promise<boolean> {
  // First the client: a token that is just being issued to it is waited for, and then found below.
  const { count } = await tx.directoryClient.updateMany({
    where: { id, organizationId, directoryId, revokedAt: null },
    data: { revokedAt: now },
  });
  if (count === 0) {
    return false;
  }
  const tokens = await tx.directoryToken.updateMany({
    where: { clientId: id, organizationId, directoryId, revokedAt: null },
    data: { revokedAt: now },
  });
  record({
    organizationId,
    type: "directory.client_revoked",
    resource: { type: "directory", id: directoryId },
    before: { clientId: id },
    data: { tokens: tokens.count },
  });
  return true;
}

// Whoever revokes the client, or deletes its directory, waits for the token and then finds it; or was first, and there
// is none.
const INSERT_TOKEN = `
  WITH client AS (
    SELECT c.id, c.organization_id, c.directory_id
    FROM directory_clients c JOIN directories d ON d.id = c.directory_id
    WHERE c.id = $1 AND c.revoked_at IS NULL AND d.deleted_at IS NULL AND d.status = 'active'
    FOR NO KEY UPDATE OF c FOR KEY SHARE OF d),
  used AS (UPDATE directory_clients c SET last_used_at = $5 FROM client WHERE c.id = client.id)
  INSERT INTO directory_tokens (id, organization_id, directory_id, client_id, digest, hint, created_at, expires_at)
  SELECT $2, client.organization_id, client.directory_id, client.id, $3, $4, $5, $6 FROM client`;

/**
 * Stores a new access token of the client, by its digest, with its event; it is a directory token like any
 * other, so that a SCIM request finds it the same way. Undefined when the client was revoked meanwhile.
 * @param origin `seconds`: how long the token lives
 */
export async function issueAccessToken(
  database: Database,
  client: { readonly id: string; readonly organizationId: string; readonly directoryId: string },
  origin: {
    readonly now: Date;
    readonly seconds: number;
    readonly requestId: string;
    readonly ip: string | undefined;
  },
): Promise<string | undefined> {
  const token = newToken("scim_access");
  const id = newId();
  const { now, seconds, requestId, ip } = origin;
  return database.transaction(async (sql) => {
    const expiresAt = new Date(now.getTime() + seconds * 1000);
    const values = [client.id, id, digestToken(token), tokenHint(token), now, expiresAt];
    const { rowCount } = await sql.query(INSERT_TOKEN, values, "scim_issue_token");
    if (rowCount !== 1) {
      return undefined;
    }
    await recordEvents(sql, [
      {
        organizationId: client.organizationId,
        type: "directory.token_issued",
        actor: { type: "directory", id: client.directoryId },
        resource: { type: "directory", id: client.directoryId },
        requestId,
        ...defined({ ip }),
        after: { tokenId: id, clientId: client.id },
      },
    ]);
    return token;
  });
}
