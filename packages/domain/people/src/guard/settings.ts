import type { Sql } from "@sallyport/database";

/**
 * How many people one directory may take access from within a time, or one connection's signals end sessions of: fewer than
 * `people`, or no more than `share` percent of its members. What goes beyond is held.
 */
export interface GuardSettings {
  readonly share: number;
  readonly people: number;
  readonly minutes: number;
}

export const DEFAULT_GUARD: GuardSettings = { share: 30, people: 20, minutes: 60 };

/** What was set of an organization, or of one directory or connection; null: nothing, so that the next wider one counts. */
export async function readGuard(
  sql: Sql,
  organizationId: string,
  targetId: string,
): Promise<GuardSettings | null> {
  const { rows } = await sql.query<GuardSettings>(
    "SELECT share, people, minutes FROM guards WHERE target_id = $2::uuid AND organization_id = $1::uuid",
    [organizationId, targetId],
  );
  return rows[0] ?? null;
}

/** Sets it, of an organization or of one directory or connection; null: the next wider one counts. */
export async function setGuard(
  sql: Sql,
  organizationId: string,
  targetId: string,
  settings: GuardSettings | null,
): Promise<void> {
  if (settings === null) {
    await sql.query("DELETE FROM guards WHERE target_id = $2::uuid AND organization_id = $1::uuid", [
      organizationId,
      targetId,
    ]);
    return;
  }
  await sql.query(
    `INSERT INTO guards (target_id, organization_id, share, people, minutes)
     VALUES ($2::uuid, $1::uuid, $3::int, $4::int, $5::int)
     ON CONFLICT (target_id) DO UPDATE
     SET share = excluded.share, people = excluded.people, minutes = excluded.minutes`,
    [organizationId, targetId, settings.share, settings.people, settings.minutes],
  );
}
