import type { Database } from "@sallyport/database";
import type { TakenStream } from "../deliveries/take.ts";
import type { ClickhouseDestination } from "../destination.ts";

/** Of the one stream that the environment makes. */
const ID = "00000000-0000-7000-8000-636c69636b68";

/**
 * Makes the stream to the ClickHouse that the environment names, from the oldest event on, or has it go on where it was; with
 * null it rests. No event tells it: nobody did it.
 */
export async function adoptClickhouse(
  { sql }: Pick<Database, "sql">,
  destination: ClickhouseDestination | null,
): Promise<void> {
  if (destination === null) {
    await sql.query("UPDATE audit_streams SET enabled = false WHERE id = $1::uuid", [ID]);
    return;
  }
  await sql.query(
    `INSERT INTO audit_streams (id, organization_id, name, destination, position, due_at)
     VALUES ($1::uuid, NULL, 'ClickHouse', $2::jsonb, 0, to_timestamp(0))
     ON CONFLICT (id) DO UPDATE SET destination = excluded.destination, enabled = true, due_at = excluded.due_at`,
    [ID, JSON.stringify(destination)],
  );
}

/** The table has gone, or is a new one: all events that are kept are sent once more. It is given back. */
export async function startOver(
  { sql }: Pick<Database, "sql">,
  { id, leasedUntil }: TakenStream,
): Promise<void> {
  await sql.query(
    "UPDATE audit_streams SET position = 0, leased_until = NULL WHERE id = $1::uuid AND leased_until = $2",
    [id, leasedUntil],
    "audit_streams_start_over",
  );
}
