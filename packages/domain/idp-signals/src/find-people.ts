import type { Sql } from "@sallyport/database";
import { canonicalAddress } from "@sallyport/people";
import { z } from "zod";

/** PostgreSQL stores no NUL: nobody is called so. */
const name = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[^\0]*$/);

/** Whom the request means (RFC 9493, 3.2.2, 3.2.4, 3.2.5): the IdP's own subject, with or without its issuer, or an address. */
export const subjectIdentifier = z.discriminatedUnion("format", [
  z.object({ format: z.literal("iss_sub"), iss: z.string().max(1_024), sub: name(1_024) }),
  z.object({ format: z.literal("opaque"), id: name(1_024) }),
  z.object({ format: z.literal("email"), email: name(320) }),
]);
export type SubjectIdentifier = z.infer<typeof subjectIdentifier>;

/** Who speaks by a request, and of whom. */
export interface Speaker {
  readonly connection: { readonly id: string; readonly organizationId: string };
  /** As the connection's identities have it. */
  readonly identityIssuer: string;
  /** By what a subject's `iss` means that issuer. */
  readonly issuerNames: readonly string[];
  /** Whether a subject may be the NameID of a sign-in, where the person is known by an attribute. */
  readonly nameIds: boolean;
}

// Whoever signed in by this NameID, so long as a session of that is there.
const BY_NAME_ID = `
           UNION
           SELECT s.user_id FROM sessions s
           JOIN identities i ON i.id = s.identity_id AND i.connection_id = $2 AND i.issuer = $3
           WHERE s.organization_id = $1 AND s.connection_id = $2 AND s.revoked_at IS NULL
             AND left(s.idp_session->>'nameId', 255) = left($4, 255) AND s.idp_session->>'nameId' = $4`;

/**
 * The users whom an IdP names: of those who sign in by its connection, so that it ends nobody's sessions whom another IdP
 * speaks for. Where several have one address, all are meant: what is uncertain gives nobody access.
 */
export async function findPeople(
  sql: Sql,
  { connection: { id, organizationId }, identityIssuer: issuer, issuerNames, nameIds }: Speaker,
  who: SubjectIdentifier,
): Promise<string[]> {
  if (who.format === "iss_sub" && !issuerNames.includes(who.iss)) {
    return [];
  }
  const { rows } =
    who.format !== "email"
      ? await sql.query<{ id: string }>(
          `SELECT user_id AS id FROM identities
           WHERE organization_id = $1 AND connection_id = $2 AND issuer = $3 AND subject = $4
           ${nameIds ? BY_NAME_ID : ""}`,
          [organizationId, id, issuer, who.format === "opaque" ? who.id : who.sub],
          nameIds ? "signals_people_by_name_id" : "signals_people_by_subject",
        )
      : await sql.query<{ id: string }>(
          `SELECT u.id FROM users u WHERE u.organization_id = $1 AND u.email = $3
             AND EXISTS (SELECT FROM identities i WHERE i.user_id = u.id AND i.connection_id = $2 AND i.issuer = $4)`,
          [organizationId, id, canonicalAddress(who.email), issuer],
          "signals_people_by_email",
        );
  return rows.map((row) => row.id);
}

/** Their live sessions in the organization that began until then, by whichever connection. */
export async function liveSessionsOf(
  sql: Sql,
  organizationId: string,
  userIds: readonly string[],
  { now, begunUntil = now }: { readonly now: Date; readonly begunUntil?: Date },
): Promise<{ readonly id: string; readonly userId: string }[]> {
  if (userIds.length === 0) {
    return [];
  }
  const { rows } = await sql.query<{ id: string; user_id: string }>(
    `SELECT id, user_id FROM sessions WHERE user_id = ANY($2::uuid[]) AND organization_id = $1
       AND revoked_at IS NULL AND expires_at > $3 AND created_at <= $4`,
    [organizationId, userIds, now, begunUntil],
    "signals_sessions",
  );
  return rows.map((row) => ({ id: row.id, userId: row.user_id }));
}
