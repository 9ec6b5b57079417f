import { randomBytes } from "node:crypto";
import type { Sql } from "@sallyport/database";
import { sealContext } from "@sallyport/encryption-keys";
import { digestToken, type SecretBox } from "@sallyport/secrets";
import { z } from "zod";

const SEAL_CONTEXT = sealContext("op_artifacts.payload", "CookieKey");
const payload = z.object({ sealed: z.string() });

/** The key that the OpenID Provider's cookies are signed with: made once, sealed, the same in every process. */
export async function loadCookieKey(sql: Sql, secrets: SecretBox): Promise<string> {
  const fresh = randomBytes(32).toString("base64url");
  // The update changes nothing: it makes the statement return the row that was there first.
  const { rows } = await sql.query(
    `INSERT INTO op_artifacts (kind, digest, payload) VALUES ('CookieKey', $1, $2)
     ON CONFLICT (kind, digest) DO UPDATE SET payload = op_artifacts.payload
     RETURNING payload`,
    [digestToken("cookies"), JSON.stringify({ sealed: secrets.seal(fresh, SEAL_CONTEXT) })],
  );
  const row = z.object({ payload }).parse(rows[0]);
  return secrets.open(row.payload.sealed, SEAL_CONTEXT);
}
