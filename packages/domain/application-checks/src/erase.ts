import type { Sql } from "@sallyport/database";
import { checkRow } from "./read.ts";

/** Forgets what applications said, and what was said of their requests, where `mentions` finds a person in it. */
export async function eraseFromChecks(sql: Sql, mentions: (text: string) => boolean): Promise<number> {
  const { rows } = await sql.query<{ application_id: string }>(
    "SELECT application_id, last_request, last_token_error, logout_deliveries FROM application_checks",
  );
  let changed = 0;
  for (const row of rows) {
    const { last_request, last_token_error, logout_deliveries } = checkRow.parse(row);
    const isAbout = (note: unknown) => mentions(JSON.stringify(note));
    const left = {
      last_request: isAbout(last_request) ? null : last_request,
      last_token_error: isAbout(last_token_error) ? null : last_token_error,
      // That it was not told is no secret; what it said to that goes.
      logout_deliveries: logout_deliveries.map((one) => (isAbout(one) ? { ...one, reason: null } : one)),
    };
    if (isAbout([last_request, last_token_error, logout_deliveries])) {
      await sql.query(
        `UPDATE application_checks SET last_request = $2::jsonb, last_token_error = $3::jsonb, logout_deliveries = $4::jsonb
         WHERE application_id = $1::uuid`,
        [row.application_id, ...Object.values(left).map((value) => value && JSON.stringify(value))],
      );
      changed += 1;
    }
  }
  return changed;
}
