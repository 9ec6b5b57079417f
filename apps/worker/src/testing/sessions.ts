import { newId, type Sql } from "@sallyport/database";

/** An application; with a URI it takes back-channel logout. */
export async function addApplication(
  sql: Sql,
  clientId: string,
  backchannelLogoutUri: string | null,
): Promise<string> {
  const id = newId();
  await sql.query(
    "INSERT INTO applications (id, client_id, name, backchannel_logout_uri, updated_at) VALUES ($1, $2, $2, $3, now())",
    [id, clientId, backchannelLogoutUri],
  );
  return id;
}

/** A session of a user, as a sign-in leaves it, whose tokens the applications hold. */
export async function addSession(
  sql: Sql,
  session: {
    readonly organizationId: string;
    readonly userId: string;
    readonly applicationIds: readonly string[];
    readonly expiresAt?: Date;
  },
): Promise<string> {
  const id = newId();
  await sql.query(
    `INSERT INTO sessions (id, organization_id, user_id, connection_id, identity_id, amr, groups, auth_time, expires_at)
     VALUES ($1, $2, $3, $4, $5, '{}', '{}', now(), $6)`,
    [
      id,
      session.organizationId,
      session.userId,
      newId(),
      newId(),
      session.expiresAt ?? new Date(Date.now() + 3_600_000),
    ],
  );
  await sql.query(
    "INSERT INTO session_applications (session_id, application_id) SELECT $1, unnest($2::uuid[])",
    [id, session.applicationIds],
  );
  return id;
}
