import { type Database, isId, newId, type Sql } from "@sallyport/database";
import { defined } from "@sallyport/defined";
import { recordEvents } from "@sallyport/events";
import { digestToken, matchesDigest, newToken, tokenHint } from "@sallyport/secrets";
import type { ClientCredentials } from "./client-credentials.ts";

/** A live OAuth client of a live directory. */
export interface OAuthClient {
  readonly id: string;
  readonly organizationId: string;
  readonly directoryId: string;
  readonly directoryIsActive: boolean;
  /** The directory's settings, as JSON text. */
  readonly settings: string;
}

interface ClientRow {
  readonly id: string;
  readonly organization_id: string;
  readonly directory_id: string;
  readonly secret_digest: Uint8Array;
  readonly active: boolean;
  readonly settings: string;
}

const FIND_CLIENT = `
  SELECT c.id, c.organization_id, c.directory_id, c.secret_digest, d.status = 'active' AS active,
         d.settings::text AS settings
  FROM directory_clients c JOIN directories d ON d.id = c.directory_id
  WHERE c.id = $1 AND c.directory_id = $2 AND c.revoked_at IS NULL AND d.deleted_at IS NULL`;

// What an unknown client's secret is compared with, so that it takes as long as a known one's.
const NO_DIGEST = digestToken("");

/** The client of the directory that these credentials are of; undefined for unknown, revoked and foreign ones alike. */
export async function findClient(
  sql: Sql,
  directoryId: string,
  { clientId, clientSecret }: ClientCredentials,
): Promise<OAuthClient | undefined> {
  const known = isId(clientId) && isId(directoryId);
  const row = known
    ? (await sql.query<ClientRow>(FIND_CLIENT, [clientId, directoryId], "scim_find_client")).rows[0]
    : undefined;
  const matches = matchesDigest(clientSecret, row?.secret_digest ?? NO_DIGEST);
  if (row === undefined || !matches) {
    return undefined;
  }
  return {
    id: row.id,
    organizationId: row.organization_id,
    directoryId: row.directory_id,
    directoryIsActive: row.active,
    settings: row.settings,
  };
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
 */
export async function issueToken(
  database: Database,
  client: OAuthClient,
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
