import type { SubjectMatches } from "@sallyport/connections";
import { canonicalAddress, type DirectoryKey } from "@sallyport/people";
import {
  type NormalizeResult,
  type NormalizeWarning,
  unusable,
  warning,
} from "../../identity/normalized-identity.ts";
import {
  identifierOf,
  MAX_GROUPS,
  namesOf,
  optional,
  textOf,
  withoutLeadingSlash,
} from "../../identity/values.ts";
import { readGroups } from "./groups.ts";

export type Claims = Readonly<Record<string, unknown>>;

/** Where a product differs from OpenID Connect Core 5.1. */
interface OidcPreset {
  readonly groups: readonly string[];
  /** Claims tried behind `email`. */
  readonly email: readonly string[];
  /** Groups come as paths, which mappings may name with the slash in front or without. */
  readonly groupPaths?: true;
}

const GENERIC: OidcPreset = { groups: ["groups"], email: ["email"] };

const PRESETS: Readonly<Record<string, OidcPreset>> = {
  // `email` is optional and user-editable there; a work account's preferred_username is its principal name.
  // https://learn.microsoft.com/en-us/entra/identity-platform/id-token-claims-reference
  entra: { groups: ["groups"], email: ["email", "preferred_username", "upn"] },
  // https://developers.onelogin.com/openid-connect/guides/scopes
  onelogin: { groups: ["groups"], email: ["email"] },
  // https://jumpcloud.com/support/sso-with-oidc
  jumpcloud: { groups: ["groups", "memberOf"], email: ["email"] },
  // https://docs.pingidentity.com/pingone/applications/p1_mapping_oidc_attributes.html
  pingone: { groups: ["groups", "p1.groupNames", "memberOf"], email: ["email"] },
  // AD FS sends the principal name and groups by claim rules.
  // https://learn.microsoft.com/en-us/windows-server/identity/ad-fs/development/custom-id-tokens-in-ad-fs
  adfs: { groups: ["groups", "group"], email: ["email", "upn"] },
  // "Full group path" is on in its group membership mapper, unless somebody turned it off.
  // https://www.keycloak.org/docs/latest/server_admin/#_protocol-mappers
  keycloak: { groups: ["groups"], email: ["email"], groupPaths: true },
};

/** What a connection says of its claims. */
interface OidcRules {
  readonly provider: string;
  readonly groupsClaim?: string | undefined;
  /** Splits groups that come as one string. Without it a string is one group. */
  readonly groupsDelimiter?: string | null | undefined;
  readonly subjectMatches?: SubjectMatches | undefined;
}

/**
 * Validated ID token claims (with those of userinfo) in the gateway's words. Pure.
 * An `auth_time` ahead of `now` tells nothing.
 */
export function normalizeOidc(claims: Claims, connection: OidcRules, now: Date): NormalizeResult {
  const preset = PRESETS[connection.provider] ?? GENERIC;
  const issuer = identifierOf(claims.iss);
  const subject = identifierOf(claims.sub);
  if (issuer === null || subject === null) {
    return unusable("subject_unusable");
  }

  const warnings: NormalizeWarning[] = [];
  const email = readEmail(claims, preset.email, warnings);
  const groupNames =
    connection.groupsClaim === undefined ? preset.groups : [connection.groupsClaim, ...preset.groups];
  const overage = groupNames.some((name) => isOverage(claims, name));
  if (overage) {
    warnings.push(warning("groups_overage"));
  }
  const read = readGroups(claims, groupNames, connection.groupsDelimiter ?? null);
  const groups = preset.groupPaths === true ? withoutLeadingSlash(read.groups) : read.groups;
  const unreadable = read.unreadable.length > 0;
  if (unreadable) {
    warnings.push(warning("groups_unreadable"));
  }
  const cut = groups.length >= MAX_GROUPS;
  if (cut) {
    warnings.push(warning("groups_cut"));
  }
  const sid = identifierOf(claims.sid);

  return {
    ok: true,
    identity: {
      issuer,
      subject,
      ...optional("email", email),
      emailVerified: verifiedOf(claims.email_verified),
      ...namesOf(textOf(claims.name), textOf(claims.given_name), textOf(claims.family_name)),
      ...optional("username", textOf(numberAsText(claims.preferred_username))),
      groups,
      groupsComplete: !overage && !cut && !unreadable && read.claim !== undefined,
      ...optional("directoryKey", directoryKeyOf(claims, subject, connection)),
      amr: listOf(claims.amr).flatMap((method) => textOf(method) ?? []),
      ...optional("acr", textOf(claims.acr)),
      authTime: authTimeOf(claims.auth_time, now),
      ...optional("idpSession", sid === null ? undefined : { sid }),
      warnings,
    },
  };
}

/**
 * Okta pushes its user's id, which is the `sub`, as externalId. Entra's `sub` is another in each application: of its
 * directory's user the object id tells, in `oid`.
 * https://developer.okta.com/docs/api/openapi/okta-scim/guides/scim-20/
 * https://learn.microsoft.com/en-us/entra/identity-platform/id-token-claims-reference
 */
function directoryKeyOf(
  claims: Claims,
  subject: string,
  { provider, subjectMatches }: OidcRules,
): DirectoryKey | undefined {
  const attribute =
    subjectMatches ?? (provider === "okta" || provider === "entra" ? "externalId" : "nothing");
  if (attribute === "nothing") {
    return undefined;
  }
  const value = provider === "entra" && attribute === "externalId" ? identifierOf(claims.oid) : subject;
  return value === null ? undefined : { attribute, value };
}

function readEmail(
  claims: Claims,
  names: readonly string[],
  warnings: NormalizeWarning[],
): string | undefined {
  for (const name of names) {
    const asserted = textOf(claims[name]);
    if (asserted === undefined) {
      continue;
    }
    const email = canonicalAddress(asserted);
    if (email !== null) {
      return email;
    }
    // A user name that stands in for the address need not be one.
    if (name === "email") {
      warnings.push(warning("email_malformed"));
    }
  }
  warnings.push(warning("email_missing"));
  return undefined;
}

/** Some IdPs send the boolean as text. */
function verifiedOf(claim: unknown): boolean | null {
  if (claim === true || claim === "true") {
    return true;
  }
  return claim === undefined || claim === null ? null : false;
}

/**
 * Entra ID replaces the groups claim by a distributed claim (OpenID Connect Core 5.6.2), or `hasgroups`, once a person
 * has more than 200: https://learn.microsoft.com/en-us/entra/identity-platform/id-token-claims-reference#groups-overage-claim
 */
function isOverage(claims: Claims, name: string): boolean {
  const distributed = claims._claim_names;
  if (typeof distributed === "object" && distributed !== null && Object.hasOwn(distributed, name)) {
    return true;
  }
  return claims.hasgroups === true || claims.hasgroups === "true";
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) {
    return value;
  }
  return value === undefined || value === null ? [] : [value];
}

/** Some IdPs send the number of an employee as one. */
function numberAsText(value: unknown): unknown {
  return typeof value === "number" && Number.isSafeInteger(value) ? String(value) : value;
}

/** How far the IdP's clock may be ahead of ours. */
const CLOCK_SKEW_MS = 120_000;

/**
 * Null where the IdP sends none, or one in the future. `iat` does not stand in: a token is new, too, for somebody whom the
 * IdP has remembered for a week.
 */
function authTimeOf(claim: unknown, now: Date): Date | null {
  const time = dateOf(claim);
  return time === undefined || time.getTime() > now.getTime() + CLOCK_SKEW_MS ? null : time;
}

/** NumericDate (RFC 7519, section 2). */
function dateOf(value: unknown): Date | undefined {
  return typeof value === "number" &&
    Number.isSafeInteger(Math.trunc(value)) &&
    value > 0 &&
    value < 253402300800
    ? new Date(value * 1000)
    : undefined;
}
