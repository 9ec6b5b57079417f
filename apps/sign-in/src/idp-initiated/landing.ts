import type { Sql } from "@sallyport/database";

/** Where somebody lands who comes from their IdP's own pages. */
export interface Landing {
  readonly applicationId: string;
  /** A page of the application's, as it is registered; null leaves the choice to the application. */
  readonly target: string | null;
}

export interface FoundLanding extends Landing {
  readonly initiateLoginUri: string;
}

/**
 * The landing at an application, at the page that the IdP asks for if that is registered, character by character. Null
 * where the application is gone, or takes nobody in (any more).
 */
export async function findLanding(
  sql: Sql,
  applicationId: string,
  requested: string | null,
): Promise<FoundLanding | null> {
  const { rows } = await sql.query<{ initiate_login_uri: string; target: string | null }>(
    `SELECT initiate_login_uri, CASE WHEN $2 = ANY (target_uris) THEN $2 END AS target
     FROM applications WHERE id = $1 AND initiate_login_uri IS NOT NULL`,
    // PostgreSQL knows no NUL, and so no page of which it were a part.
    [applicationId, requested?.includes("\0") ? null : requested],
    "landing_find",
  );
  const [row] = rows;
  if (row === undefined) {
    return null;
  }
  return { applicationId, target: row.target, initiateLoginUri: row.initiate_login_uri };
}

/** Has the application start a sign-in of its own (OpenID Connect Core 1.0, section 4), to find the session that waits. */
export function landingUrl(issuer: string, landing: FoundLanding, organizationId: string): string {
  const url = new URL(landing.initiateLoginUri);
  url.searchParams.set("iss", issuer);
  // Ours, beside the standard's: unknown ones are ignored.
  url.searchParams.set("organization", organizationId);
  if (landing.target !== null) {
    url.searchParams.set("target_link_uri", landing.target);
  }
  return url.href;
}
