import type { SamlConnection } from "@sallyport/connections";
import type { Sql } from "@sallyport/database";
import type { SamlLogoutRequest } from "@sallyport/saml";

/** Says nothing of a format (SAML core 8.3.1): so it contradicts none. */
const UNSPECIFIED = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified";

/**
 * The live sessions that an IdP names: by this very connection, from this very issuer, with this NameID. What only
 * one side says of a name (its format or qualifiers) contradicts nothing; nor does a SessionIndex to a session that
 * the IdP gave none.
 */
export async function findNamedSessions(
  sql: Sql,
  connection: SamlConnection,
  { subject, sessionIndexes }: Pick<SamlLogoutRequest, "subject" | "sessionIndexes">,
  now: Date,
): Promise<string[]> {
  const { rows } = await sql.query<{ id: string }>(
    `SELECT s.id FROM sessions s
     WHERE s.organization_id = $1 AND s.connection_id = $2 AND s.revoked_at IS NULL AND s.expires_at > $10
       AND left(s.idp_session->>'nameId', 255) = left($3, 255) AND s.idp_session->>'nameId' = $3
       AND ($4 = $9 OR s.idp_session->>'format' IN ($4, $9))
       AND coalesce(s.idp_session->>'nameQualifier' = $5, true)
       AND coalesce(s.idp_session->>'spNameQualifier' = $6, true)
       AND (cardinality($7::text[]) = 0 OR coalesce(s.idp_session->>'sessionIndex' = ANY($7), true))
       AND EXISTS (SELECT 1 FROM identities i
                   WHERE i.id = s.identity_id AND i.connection_id = $2 AND i.issuer = $8)`,
    [
      connection.organizationId,
      connection.id,
      subject.nameId,
      subject.format,
      subject.nameQualifier ?? null,
      subject.spNameQualifier ?? null,
      sessionIndexes,
      connection.settings.idpEntityId,
      UNSPECIFIED,
      now,
    ],
    "logout_named_sessions",
  );
  return rows.map((row) => row.id);
}
