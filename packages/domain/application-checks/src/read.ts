import type { Sql } from "@sallyport/database";
import { z } from "zod";
import { type ApplicationCheck, authorizationRequestNote, logoutDelivery, tokenErrorNote } from "./notes.ts";

/** A row of `application_checks`, but for its id. */
export const checkRow = z.object({
  last_request: authorizationRequestNote.nullable(),
  last_token_error: tokenErrorNote.nullable(),
  logout_deliveries: z.array(logoutDelivery),
});

/** What is remembered of an application, by its id; of one that nothing has happened to, nothing. */
export async function readApplicationCheck(sql: Sql, applicationId: string): Promise<ApplicationCheck> {
  const { rows } = await sql.query(
    "SELECT last_request, last_token_error, logout_deliveries FROM application_checks WHERE application_id = $1",
    [applicationId],
  );
  if (rows[0] === undefined) {
    return { lastRequest: null, lastTokenError: null, logoutDeliveries: [] };
  }
  const found = checkRow.parse(rows[0]);
  return {
    lastRequest: found.last_request,
    lastTokenError: found.last_token_error,
    logoutDeliveries: found.logout_deliveries,
  };
}
