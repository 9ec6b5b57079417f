import { isId, type Sql } from "@sallyport/database";
import { defined } from "@sallyport/defined";
import { touchToken } from "@sallyport/directories";
import { basicCredentials, bearerToken, challenge } from "@sallyport/oauth";
import { digestToken } from "@sallyport/secrets";
import { LRUCache } from "lru-cache";
import { createDirectories, type Directory, type DirectoryRow } from "../directory/directory.ts";
import { ScimError } from "../protocol/error.ts";

interface TokenRow extends DirectoryRow {
  readonly status: "active" | "disabled";
  readonly last_used_at: Date | null;
  readonly expires_at: Date | null;
}

// By digest, so nothing of the token is compared character by character.
const FIND_TOKEN = `
  SELECT t.id AS token_id, t.last_used_at, t.expires_at, d.id AS directory_id, d.organization_id, d.provider, d.status,
         d.updated_at, d.settings::text AS settings
  FROM directory_tokens t JOIN directories d ON d.id = t.directory_id
  WHERE t.digest = $1 AND d.deleted_at IS NULL AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > $2)`;

/** No token has it: nothing that needs a live token is done for who has none. */
const NO_TOKEN = "00000000-0000-0000-0000-000000000000";
const FIND_PUBLIC = `
  SELECT '${NO_TOKEN}'::uuid AS token_id, d.id AS directory_id, d.organization_id, d.provider, d.updated_at,
         d.settings::text AS settings
  FROM directories d
  WHERE d.id = $1 AND d.deleted_at IS NULL AND d.status = 'active' AND (d.settings->>'publicDiscovery')::boolean`;

/** The precision of `lastUsedAt`: a write per request would cost more than it is worth. */
const TOUCH_EVERY_MS = 60_000;

/** The directory that a request's token belongs to. */
export interface Authenticated {
  readonly directory: Directory;
  /** It is what an earlier request found: an answer counts once a statement has seen that it still holds. */
  readonly cached: boolean;
}

/**
 * Finds the directory of a token: a bearer token, or the password of HTTP Basic where the directory takes it. 401 for a
 * token of no directory; 404 where it is another directory's than the one asked for, whether or not that exists; 403 where
 * the directory is disabled.
 */
export interface Authenticate {
  /** Looks the token up. */
  fromDatabase(authorization: string | undefined, directoryId: string): Promise<Authenticated>;
  /**
   * Takes what was found less than a minute ago, else looks the token up. Push clients send one request after the other,
   * and the statements that do the work check by themselves whether token and directory are still live.
   */
  fromCache(authorization: string | undefined, directoryId: string): Promise<Authenticated>;
  /** For who sends no credentials at all: a directory whose discovery documents are public; else 401. */
  withoutToken(directoryId: string): Promise<Directory>;
}

export function createAuthenticate(sql: Sql, now: () => Date): Authenticate {
  const toDirectory = createDirectories();
  const cache = new LRUCache<string, CachedDirectory>({ max: MAX_CACHED });

  const fromDatabase = async (
    authorization: string | undefined,
    directoryId: string,
  ): Promise<Authenticated> => {
    const { token, isBasic } = credentialsOf(authorization);
    const digest = digestToken(token);
    const at = now();
    const { rows } = await sql.query<TokenRow>(FIND_TOKEN, [digest, at], "scim_find_token");
    const row = rows[0];
    const key = digest.toString("base64");
    cache.delete(key);
    if (row === undefined) {
      throw unauthorized("The bearer token is unknown, expired or revoked.", "invalid_token");
    }
    if (row.directory_id !== directoryId) {
      throw new ScimError(404, "This token does not open a directory at this address. Check the base URL.");
    }
    if (row.status !== "active") {
      throw new ScimError(403, "This directory is disabled. Enable it in Sallyport to let it push again.");
    }
    if (at.getTime() - (row.last_used_at?.getTime() ?? 0) > TOUCH_EVERY_MS) {
      await touchToken(sql, row.token_id, at);
    }
    const directory = toDirectory(row);
    if (isBasic && !directory.basicAuthentication) {
      throw unauthorized(
        "This directory does not take HTTP Basic. Send Authorization: Bearer <token>, or allow it in the directory's settings.",
      );
    }
    cache.set(key, { directory, until: cachedUntil(row, at) });
    return { directory, cached: false };
  };

  return {
    fromDatabase,
    async fromCache(authorization, directoryId) {
      const { token, isBasic } = credentialsOf(authorization);
      const known = cache.get(digestToken(token).toString("base64"));
      const holds =
        known !== undefined &&
        known.directory.id === directoryId &&
        now().getTime() < known.until &&
        (!isBasic || known.directory.basicAuthentication);
      return holds ? { directory: known.directory, cached: true } : fromDatabase(authorization, directoryId);
    },
    async withoutToken(directoryId) {
      const { rows } = isId(directoryId)
        ? await sql.query<DirectoryRow>(FIND_PUBLIC, [directoryId], "scim_find_public_directory")
        : { rows: [] };
      if (rows[0] === undefined) {
        throw missingToken();
      }
      return toDirectory(rows[0]);
    },
  };
}

interface CachedDirectory {
  readonly directory: Directory;
  readonly until: number;
}

const MAX_CACHED = 10_000;

/** Until `lastUsedAt` is to be written again, or the token expires. */
function cachedUntil({ expires_at }: TokenRow, at: Date): number {
  return Math.min(at.getTime() + TOUCH_EVERY_MS, expires_at?.getTime() ?? Number.POSITIVE_INFINITY);
}

interface Credentials {
  readonly token: string;
  readonly isBasic: boolean;
}

function credentialsOf(authorization: string | undefined): Credentials {
  const bearer = bearerToken(authorization);
  const token = bearer ?? basicCredentials(authorization)?.password;
  if (token === undefined) {
    throw missingToken();
  }
  return { token, isBasic: bearer === undefined };
}

function missingToken(): ScimError {
  return unauthorized("Send the directory's token: Authorization: Bearer <token>.");
}

// RFC 6750 §3. HTTP Basic is never asked for: no browser is to remember a token, and send it along.
function unauthorized(detail: string, error?: string): ScimError {
  const parameters = { realm: "scim", ...defined({ error }) };
  return new ScimError(401, detail, { headers: { "WWW-Authenticate": challenge("Bearer", parameters) } });
}
