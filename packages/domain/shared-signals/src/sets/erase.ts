import type { Sql } from "@sallyport/database";
import { SIGNAL_TYPES } from "../event-types.ts";

/** Whom signals are about. */
export interface ErasedPerson {
  readonly userId: string;
  /** Canonical. What somebody else has, too, is theirs. */
  readonly addresses: readonly string[];
  /** Finds the person in what receivers said of events that they did not take. */
  mentions(text: string): boolean;
}

/**
 * Takes a person out of what is still to be delivered, and out of whom streams leave out. That their claims changed is told
 * to nobody any more; that a session of theirs ended is, by the `sub` alone, which is a pseudonym.
 */
export async function eraseFromSignals(
  sql: Sql,
  issuer: string,
  { userId, addresses, mentions }: ErasedPerson,
): Promise<void> {
  // Nobody turns events into signals meanwhile, with what is about to go.
  await sql.query("SELECT pg_advisory_xact_lock(hashtextextended('signals', 0))::text");
  const { rows: own } = await sql.query<{ address: string }>(
    `SELECT address FROM unnest($2::text[]) AS address
     WHERE NOT EXISTS (SELECT FROM users u WHERE u.email = address AND u.id <> $1::uuid)`,
    [userId, addresses],
  );
  const theirs = own.map(({ address }) => address);
  await sql.query(
    `DELETE FROM pending_signals
     WHERE type = $3 AND (subject->>'sub' = $1 OR subject->'user'->>'sub' = $1 OR subject->>'email' = ANY($2::text[]))`,
    [userId, theirs, SIGNAL_TYPES.tokenClaimsChange],
  );
  await sql.query(
    "UPDATE pending_signals SET subject = $2::jsonb WHERE subject->>'email' = ANY($1::text[])",
    [theirs, JSON.stringify({ format: "iss_sub", iss: issuer, sub: userId })],
  );
  await sql.query("DELETE FROM signal_stream_exclusions WHERE subject = ANY($1::text[])", [
    [`sub:${userId}`, ...theirs.map((address) => `email:${address}`)],
  ]);
  const { rows: failing } = await sql.query<{ id: string; last_error: string }>(
    "SELECT id, last_error FROM signal_streams WHERE last_error IS NOT NULL",
  );
  await sql.query("UPDATE signal_streams SET last_error = 'It was not taken.' WHERE id = ANY($1::uuid[])", [
    failing.filter(({ last_error }) => mentions(last_error)).map(({ id }) => id),
  ]);
}
