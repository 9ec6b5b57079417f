import { type ConsoleSession, endConsoleSession, findConsoleSession } from "@sallyport/console-access";
import type { Sql } from "@sallyport/database";

/** Ends the session that a browser's cookie names, if it names one. Resolves to it. */
export async function endVisit(
  sql: Sql,
  token: string | null,
  reason: "signed_out" | "replaced",
  {
    now,
    rootKeyDigest,
    ...origin
  }: {
    readonly now: Date;
    readonly rootKeyDigest: Uint8Array;
    readonly requestId: string;
    readonly ip?: string;
  },
): Promise<ConsoleSession | null> {
  const session = token === null ? null : await findConsoleSession(sql, token, { now, rootKeyDigest });
  if (session !== null) {
    await endConsoleSession(sql, session, reason, origin);
  }
  return session;
}
