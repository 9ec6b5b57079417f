import { newId, type Statement } from "@sallyport/database";

/** One sign-in, as the broker hands it over after normalization. */
export interface NewSession {
  readonly organizationId: string;
  readonly userId: string;
  readonly connectionId: string;
  readonly identityId: string;
  /** RFC 8176 method references. */
  readonly amr: readonly string[];
  readonly acr: string | null;
  /** Groups that the IdP asserted. */
  readonly groups: readonly string[];
  /** What single logout must name again: SAML NameID and SessionIndex, or the upstream `sid`. */
  readonly idpSession: Readonly<Record<string, unknown>> | null;
  /** Seals for the session of this id what its `idpSession` keeps as `idToken`; left out where there is none. */
  readonly sealIdToken?: (sessionId: string) => string;
  /** When the person authenticated at the IdP; null where it does not tell. */
  readonly authTime: Date | null;
  readonly expiresAt: Date;
}

/**
 * The statement that stores a session, a part of what a login writes: it returns the session's `id`, the `sid` of every
 * token, or no row when the membership is not active.
 *
 * The membership row is locked against the reconciler, which suspends it before it revokes sessions: so a sign-in
 * that races a suspension is either seen by that revocation, or refused here.
 */
export function sessionStatement(session: NewSession): {
  readonly id: string;
  readonly statement: Statement;
} {
  const id = newId();
  const statement = {
    text: `INSERT INTO sessions (id, organization_id, user_id, connection_id, identity_id, amr, acr, groups, idp_session,
                           auth_time, expires_at)
     SELECT $1, organization_id, user_id, $4, $5, $6, $7, $8, $9, $10, $11
     FROM memberships
     WHERE organization_id = $2 AND user_id = $3 AND status = 'active' AND directory IS DISTINCT FROM 'ended'
     FOR SHARE
     RETURNING id`,
    values: [
      id,
      session.organizationId,
      session.userId,
      session.connectionId,
      session.identityId,
      session.amr,
      session.acr,
      session.groups,
      idpSessionJson(id, session),
      session.authTime,
      session.expiresAt,
    ],
  };
  return { id, statement };
}

function idpSessionJson(id: string, { idpSession, sealIdToken }: NewSession): string | null {
  if (sealIdToken === undefined) {
    return idpSession === null ? null : JSON.stringify(idpSession);
  }
  return JSON.stringify({ ...idpSession, idToken: sealIdToken(id) });
}
