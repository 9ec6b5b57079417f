import { z } from "zod";

/** Ours: what a session says beside the standard OpenID Connect claims. */
export const gatewayClaims = z.object({
  org_id: z.uuid(),
  org_slug: z.string(),
  connection_id: z.uuid(),
  connection_type: z.enum(["saml", "oidc", "ldap"]),
  /** The identity provider's product: "okta", "entra", "generic" ... */
  idp: z.string(),
  /** Role keys. */
  roles: z.array(z.string()),
  permissions: z.array(z.string()),
  /** Group display names. */
  groups: z.array(z.string()),
});

/**
 * The normalized session as ID token, access token, userinfo and introspection carry it, whatever protocol the
 * sign-in came by. The one definition that the gateway issues by and that applications validate with.
 */
export const sessionClaims = gatewayClaims.extend({
  sub: z.uuid(),
  sid: z.uuid(),
  /**
   * When the person authenticated at the IdP, in seconds since 1970. Left out where the IdP does not tell; always there
   * for a request with `max_age` or `prompt=login` (OpenID Connect Core §2).
   */
  auth_time: z.int().optional(),
  /** RFC 8176. */
  amr: z.array(z.string()),
  acr: z.string().optional(),
  /** Lower case, the domain in its own script: also internationalized (RFC 6531), which no common pattern accepts. */
  email: z.string().optional(),
  email_verified: z.boolean().optional(),
  name: z.string().optional(),
  given_name: z.string().optional(),
  family_name: z.string().optional(),
  preferred_username: z.string().optional(),
});

export type SessionClaims = z.infer<typeof sessionClaims>;

/** The names of our own claims, in the order in which documents show them. */
export const GATEWAY_CLAIM_NAMES = Object.keys(gatewayClaims.shape);
