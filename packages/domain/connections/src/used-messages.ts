import { createHash } from "node:crypto";
import { isUniqueViolation, type Sql, type Statement } from "@sallyport/database";

// What an IdP signed counts once: a SAML assertion or logout request, a logout token of OpenID Connect
// (SAML profiles 4.1.4.5, Back-Channel Logout 1.0 §2.6). Each is kept until it would be refused for its age anyway.

/** A message of an IdP that counts once. */
export interface OneTimeMessage {
  readonly id: string;
  /** From then on it is refused for its age. */
  readonly replayableUntil: Date;
}

/**
 * The statement that marks a login's assertion as used, a part of what signs somebody in: the same text with none. Of two
 * uses the second waits for the first's commit, and fails with it (see `isReplay`).
 */
export function useAssertionStatement(connectionId: string, assertion: OneTimeMessage | null): Statement {
  return {
    text: `INSERT INTO used_assertions (connection_id, assertion_id, expires_at)
       SELECT $1::uuid, $2::text, $3::timestamptz WHERE $2::text IS NOT NULL`,
    values: [connectionId, assertion?.id ?? null, assertion?.replayableUntil ?? null],
  };
}

/** Whether a statement failed because the assertion was used before. */
export function isReplay(error: unknown): boolean {
  return isUniqueViolation(error, "used_assertions_pkey");
}

/** Marks a message as used; false when it was before. Of two uses at once the second waits and finds the first. */
export async function useMessage(
  sql: Sql,
  connectionId: string,
  { id, replayableUntil }: OneTimeMessage,
): Promise<boolean> {
  const { rowCount } = await sql.query(
    `INSERT INTO used_assertions (connection_id, assertion_id, expires_at) VALUES ($1, $2, $3)
     ON CONFLICT DO NOTHING`,
    // Its digest, because an ID may be of any length and a key may not.
    [connectionId, createHash("sha256").update(id, "utf8").digest("hex"), replayableUntil],
    "logout_request_use",
  );
  return rowCount === 1;
}
