import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { isId, type Sql } from "@sallyport/database";
import { digestToken, type SecretBox } from "@sallyport/secrets";
import {
  type LoginRequestRow,
  type OpenLogin,
  type ResponseOrigin,
  readLoginRequest,
} from "./login-requests.ts";

/** A double click, a reload of a page that is still on its way: later it is somebody who went back. */
export const REPEATED_WITHIN_MS = 10_000;
const LOOKS = 20;
const BETWEEN_LOOKS_MS = 100;

/** A login request that the same response used a moment ago. */
export type EarlierLogin = Pick<OpenLogin, "cause" | "browser" | "connection" | "recordId">;

export function digestResponse(response: string): Buffer {
  return createHash("sha256").update(response).digest();
}

/**
 * The login that this very response used a moment ago, maybe at another process, from the same browser: to any other it is a
 * replay. Asked only where the response was refused.
 */
export async function findEarlierLogin(
  sql: Sql,
  secrets: SecretBox,
  { type, connectionId, browser, now }: ResponseOrigin,
  response: string,
): Promise<EarlierLogin | null> {
  if (browser === null || !isId(connectionId)) {
    return null;
  }
  const { rows } = await sql.query<LoginRequestRow>(
    `SELECT r.id, r.interaction_id, r.sealed_state, r.organization_id, c.provider, c.name, c.status, c.settings
     FROM login_requests r JOIN connections c ON c.id = r.connection_id AND c.type = $5::connection_type
     WHERE r.browser_digest = $1 AND r.connection_id = $2 AND r.response_digest = $3 AND r.used_at > $4`,
    [
      digestToken(browser),
      connectionId,
      digestResponse(response),
      new Date(now.getTime() - REPEATED_WITHIN_MS),
      type,
    ],
    "login_request_earlier",
  );
  const [row] = rows;
  return row === undefined ? null : readLoginRequest(secrets, { row, type, connectionId, browser });
}

/**
 * Has `answer` answer with the session of an earlier login, as soon as there is one. Of two posts at once the second comes
 * while the first is still at work, so it looks again for two seconds. False, with nothing sent, where nobody was signed in.
 */
export async function answerAsEarlier(
  sql: Sql,
  { recordId, connection: { organizationId } }: EarlierLogin,
  answer: (sessionId: string) => Promise<boolean>,
): Promise<boolean> {
  for (let look = 1; look <= LOOKS; look++) {
    const { rows } = await sql.query<{ outcome: string; session_id: string | null }>(
      "SELECT outcome, session_id FROM login_records WHERE id = $1 AND organization_id = $2",
      [recordId, organizationId],
      "login_record_outcome",
    );
    const [record] = rows;
    if (record === undefined || record.outcome === "failure") {
      return false;
    }
    if (record.session_id !== null && (await answer(record.session_id))) {
      return true;
    }
    await sleep(BETWEEN_LOOKS_MS);
  }
  return false;
}
