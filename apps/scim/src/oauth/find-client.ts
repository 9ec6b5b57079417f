import { isId, type Sql } from "@sallyport/database";
import { digestToken, matchesDigest } from "@sallyport/secrets";
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
