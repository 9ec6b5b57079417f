import type { Sql } from "@sallyport/database";
import { liveValues, whileLive } from "@sallyport/directories/push";
import { challenge } from "@sallyport/oauth";
import type { Directory } from "../directory/directory.ts";
import { ScimError } from "../protocol/error.ts";

/** Equal for requests that were let in by the same token of the same directory, as it then was. */
export function liveKey({ id, tokenId, updatedAt }: Directory): string {
  return `${id} ${tokenId} ${updatedAt.getTime()}`;
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
