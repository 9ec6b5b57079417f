import { type OneTimeMessage, useAssertionStatement } from "@sallyport/connections";
import type { Statement } from "@sallyport/database";

/** A SAML assertion that a login rests on: it must not have been used before. */
export interface UsedAssertion extends OneTimeMessage {
  /** Of the certificate that verified it. */
  readonly certificateFingerprint: string;
}

/**
 * What a login by an assertion leaves, as parts of the statement that signs somebody in: the same text with none, so that
 * there is one prepared statement for all.
 */
export function assertionStatements(
  connection: { readonly id: string; readonly organizationId: string },
  assertion: UsedAssertion | null,
  now: Date,
): Readonly<Record<string, Statement>> {
  return {
    used: useAssertionStatement(connection.id, assertion),
    certificate_used: {
      text: CERTIFICATE_USED,
      values: [connection.organizationId, connection.id, assertion?.certificateFingerprint ?? null, now],
    },
  };
}

/**
 * That the certificate verified a login is noted once a day, by one login that waits for nobody: of many at once the
 * first to get the lock; and none while the connection is being deleted, which waits for logins in its turn.
 */
const CERTIFICATE_USED = `
  INSERT INTO certificate_uses (connection_id, fingerprint, organization_id, last_validated_at)
  SELECT c.id, $3::text, c.organization_id, $4::timestamptz
  FROM connections c
  WHERE $3::text IS NOT NULL AND c.id = $2 AND c.organization_id = $1
    AND NOT EXISTS (SELECT 1 FROM certificate_uses
                    WHERE connection_id = $2 AND fingerprint = $3 AND organization_id = $1
                      AND last_validated_at > $4::timestamptz - interval '1 day')
    AND pg_try_advisory_xact_lock(hashtextextended('certificate:' || $2::text || $3::text, 0))
  FOR KEY SHARE OF c SKIP LOCKED
  ON CONFLICT (connection_id, fingerprint) DO UPDATE SET last_validated_at = excluded.last_validated_at`;
