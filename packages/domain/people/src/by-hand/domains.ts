import type { Sql } from "@sallyport/database";
import type { EventDraft } from "@sallyport/events";
import { unverifiedEvent } from "../unverified-event.ts";

/**
 * The addresses of a domain are no longer verified: that takes effect at once, however the user was created, and what
 * logins proved by it counts no longer.
 */
export async function unverifyAddresses(
  sql: Sql,
  organizationId: string,
  domain: string,
): Promise<EventDraft[]> {
  const { rows } = await sql.query<{ id: string }>(
    `UPDATE users SET email_verified = false, email_proof = nullif(email_proof, 'sign_in')
     WHERE organization_id = $1::uuid AND (email_verified OR email_proof = 'sign_in')
       AND split_part(email, '@', 2) = $2::text
     RETURNING id`,
    [organizationId, domain],
  );
  return rows.map(({ id }) => unverifiedEvent(organizationId, id));
}
