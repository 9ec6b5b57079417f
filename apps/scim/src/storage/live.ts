import type { Sql } from "@sallyport/database";
import { challenge } from "@sallyport/oauth";
import type { Directory } from "../directory/directory.ts";
import { ScimError } from "../protocol/error.ts";

/** Placeholders of the two values of `liveValues`, the first of them numbered `at`. */
const holds = (directory: string, at: number) => `
    d.id = ${directory} AND d.deleted_at IS NULL AND d.status = 'active' AND d.updated_at = $${at + 1}
    AND EXISTS (SELECT 1 FROM directory_tokens t WHERE t.id = $${at} AND t.revoked_at IS NULL)`;

/** By what a statement knows the directory and the token that its request was let in by. */
export function liveValues({ tokenId, updatedAt }: Directory): [tokenId: string, updatedAt: Date] {
  return [tokenId, updatedAt];
}

/** Equal for requests that were let in by the same token of the same directory, as it then was. */
export function liveKey({ id, tokenId, updatedAt }: Directory): string {
  return `${id} ${tokenId} ${updatedAt.getTime()}`;
}

/**
 * A common table expression of one row while the directory takes writes through this token, and of none once either
 * was ended, or the directory changed: every writing statement builds on it, so that a request which was let in before
 * writes nothing after. The row stays locked until the commit: whoever deletes the directory waits for the write, and
 * then sees it. Locked first of all, as there, so that neither waits for the other.
 * @param directory placeholder of its id
 * @param at number of the first placeholder of `liveValues`
 */
export function live(directory: string, at: number): string {
  return `
  live AS MATERIALIZED (SELECT d.id FROM directories d WHERE ${holds(directory, at)} FOR KEY SHARE)`;
}

/** The same for what only reads: a condition that a row which was found has met. */
export function whileLive(directory: string, at: number): string {
  return `EXISTS (SELECT 1 FROM directories d WHERE ${holds(directory, at)})`;
}

const IS_LIVE = `SELECT ${whileLive("$1", 2)} AS live`;

/** For a statement that has found nothing to write: 401 when that is since the directory or the token was ended. */
export async function requireLive(sql: Sql, directory: Directory): Promise<void> {
  const values = [directory.id, ...liveValues(directory)];
  const { rows } = await sql.query<{ live: boolean }>(IS_LIVE, values, "scim_is_live");
  if (rows[0]?.live !== true) {
    throw ended();
  }
}

export function ended(): ScimError {
  return new ScimError(
    401,
    "The directory or its token was ended while the request ran. Nothing was changed.",
    { headers: { "WWW-Authenticate": challenge("Bearer", { realm: "scim", error: "invalid_token" }) } },
  );
}
