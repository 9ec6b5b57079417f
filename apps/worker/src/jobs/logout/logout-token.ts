import { randomUUID } from "node:crypto";

const EVENT = "http://schemas.openid.net/event/backchannel-logout";
const LIFETIME_SECONDS = 120;

/** The header `typ` of a logout token (OpenID Connect Back-Channel Logout 1.0, 2.4). */
export const LOGOUT_TOKEN_TYP = "logout+jwt";

/** The claims of a logout token. It carries no `nonce`, so that it can never pass for an ID token (section 2.4). */
export function logoutTokenClaims(notice: {
  readonly issuer: string;
  readonly clientId: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly now: Date;
}): Record<string, unknown> {
  const iat = Math.floor(notice.now.getTime() / 1000);
  return {
    iss: notice.issuer,
    aud: notice.clientId,
    iat,
    exp: iat + LIFETIME_SECONDS,
    jti: randomUUID(),
    sub: notice.userId,
    sid: notice.sessionId,
    events: { [EVENT]: {} },
  };
}
