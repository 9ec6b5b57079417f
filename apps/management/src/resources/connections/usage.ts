import type { Sql } from "@sallyport/database";
import type { z } from "zod";
import type { Context } from "../../context.ts";
import type { connectionUsage } from "./schema.ts";

/** When somebody last signed in by each of these connections. */
export async function lastLogins(
  sql: Sql,
  connectionIds: readonly string[],
): Promise<(connectionId: string) => string | null> {
  const { rows } = await sql.query<{ id: string; at: Date | null }>(
    `SELECT c.id, (SELECT s.created_at FROM sessions s WHERE s.connection_id = c.id
                   ORDER BY s.created_at DESC, s.id DESC LIMIT 1) AS at
     FROM unnest($1::uuid[]) AS c (id)`,
    [connectionIds],
  );
  const found = new Map(rows.map(({ id, at }) => [id, at?.toISOString() ?? null]));
  return (connectionId) => found.get(connectionId) ?? null;
}

/** Who uses a connection of the organization, and so whom its end concerns. */
export async function readUsage(
  { deps: { database, now } }: Context,
  organizationId: string,
  id: string,
): Promise<z.input<typeof connectionUsage>> {
  const { rows } = await database.sql.query<{ people: number; signed_in: number; sessions: number }>(
    `SELECT (SELECT count(*)::int FROM identities WHERE connection_id = $1 AND organization_id = $2) AS people,
            count(DISTINCT user_id)::int AS signed_in, count(*)::int AS sessions
     FROM sessions
     WHERE connection_id = $1 AND organization_id = $2 AND revoked_at IS NULL AND expires_at > $3`,
    [id, organizationId, now()],
  );
  const [row] = rows;
  return { people: row?.people ?? 0, signedIn: row?.signed_in ?? 0, sessions: row?.sessions ?? 0 };
}
