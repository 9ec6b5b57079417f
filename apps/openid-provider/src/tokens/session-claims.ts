import { GATEWAY_CLAIM_NAMES, type SessionClaims } from "@sallyport/claims";
import { readableAddress } from "@sallyport/people";
import type { LiveSession } from "@sallyport/sessions";

/** The scopes that applications may ask for. */
export const SCOPES = ["openid", "profile", "email", "offline_access"];

const SCOPE_CLAIMS = {
  openid: ["sub", "sid", "auth_time", "amr", "acr", ...GATEWAY_CLAIM_NAMES],
  profile: ["name", "given_name", "family_name", "preferred_username"],
  email: ["email", "email_verified"],
};

/** Which claims a scope brings, in oidc-provider's form. */
export const CLAIMS_OF_SCOPES: Readonly<Record<string, string[]>> = SCOPE_CLAIMS;

/** The normalized session as the holder of these scopes may see it: the same in every token and answer. */
export function sessionClaims(session: LiveSession, scopes: ReadonlySet<string>): SessionClaims {
  const { user } = session;
  return {
    sub: session.userId,
    sid: session.id,
    ...(session.authTime === null ? {} : { auth_time: seconds(session.authTime) }),
    amr: session.amr,
    ...present({ acr: session.acr }),
    ...(scopes.has("email") ? emailClaims(user) : {}),
    ...(scopes.has("profile")
      ? present({
          name: user.name,
          given_name: user.givenName,
          family_name: user.familyName,
          preferred_username: user.username,
        })
      : {}),
    org_id: session.organizationId,
    org_slug: session.organizationSlug,
    connection_id: session.connectionId,
    connection_type: session.connectionType,
    idp: session.provider,
    roles: session.roles,
    permissions: session.permissions,
    groups: session.groups,
  };
}

function emailClaims(user: LiveSession["user"]): { email?: string; email_verified?: boolean } {
  if (user.email === null) {
    return {};
  }
  return { email: readableAddress(user.email), email_verified: user.emailVerified };
}

function present<Name extends string>(
  claims: Readonly<Record<Name, string | null>>,
): { [Key in Name]?: string } {
  const known: { [Key in Name]?: string } = {};
  for (const name in claims) {
    const value = claims[name];
    if (value !== null) {
      known[name] = value;
    }
  }
  return known;
}

/** A time as tokens write it: whole seconds since 1970. */
export function seconds(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}
