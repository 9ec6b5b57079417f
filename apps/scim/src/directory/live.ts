import type { Sql } from "@sallyport/database";
import { ScimError } from "../protocol/error.ts";
import type { Directory } from "./directory.ts";

/**
 * A common table expression of one row while the directory takes writes through this token, and of none once either
 * was ended: every writing statement builds on it, so that a request which was let in before writes nothing after. The
 * row stays locked until the commit: whoever deletes the directory waits for the write, and then sees it. Locked first
 * of all, as there, so that neither waits for the other.
 * @param directory, token placeholders of their ids
 */
export function live(directory: string, token: string): string {
  return `
  live AS MATERIALIZED (
    SELECT d.id FROM directories d
    WHERE d.id = ${directory} AND d.deleted_at IS NULL AND d.status = 'active'
      AND EXISTS (SELECT 1 FROM directory_tokens t WHERE t.id = ${token} AND t.revoked_at IS NULL)
    FOR KEY SHARE)`;
}

const IS_LIVE = `WITH ${live("$1", "$2")} SELECT id FROM live`;

/** For a statement that has found nothing to write: 401 when that is since the directory or the token was ended. */
export async function requireLive(sql: Sql, { id, tokenId }: Directory): Promise<void> {
  if ((await sql.query(IS_LIVE, [id, tokenId], "scim_is_live")).rowCount !== 1) throw ended();
}

export function ended(): ScimError {
  return new ScimError(
    401,
    "The directory or its token was ended while the request ran. Nothing was changed.",
    { headers: { "WWW-Authenticate": 'Bearer realm="scim", error="invalid_token"' } },
  );
}
