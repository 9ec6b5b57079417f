import type { DirectoryKey } from "@sallyport/people";

/**
 * Who signed in, in the gateway's own words: what both protocols come down to. Behind it nothing knows which one
 * it was.
 */
export interface NormalizedIdentity {
  /** Entity ID, or issuer URL. With the connection and `subject` the only key that a login is matched by. */
  readonly issuer: string;
  readonly subject: string;
  /** Canonical. */
  readonly email?: string;
  /** What the IdP says of the address; null when it says nothing, as SAML never does. */
  readonly emailVerified: boolean | null;
  readonly name?: string;
  readonly givenName?: string;
  readonly familyName?: string;
  readonly username?: string;
  /** Each once, as asserted. */
  readonly groups: readonly string[];
  /** By which attribute of its directory's users the IdP says who it is, where the connection says so. */
  readonly directoryKey?: DirectoryKey;
  /**
   * False when there are, or may be, more groups than these: the IdP said so, sent more than we take, or said nothing of
   * groups. Then `groups` proves no absence (invariant 10).
   */
  readonly groupsComplete: boolean;
  /** RFC 8176 method references. */
  readonly amr: readonly string[];
  readonly acr?: string;
  /** When the person authenticated, as the IdP says; null when it does not: nothing else stands in for it. */
  readonly authTime: Date | null;
  /** The IdP's own end of the session, where it sets one. */
  readonly sessionEnd?: Date;
  /** What single logout must name again. */
  readonly idpSession?: IdpSession;
  readonly warnings: readonly NormalizeWarning[];
}

export type IdpSession =
  | {
      readonly nameId: string;
      readonly format: string;
      readonly nameQualifier?: string;
      readonly spNameQualifier?: string;
      readonly sessionIndex?: string;
    }
  | {
      readonly sid?: string;
      /** As it came; where the IdP takes logouts. */
      readonly idToken?: string;
    };

export interface NormalizeWarning {
  readonly code: keyof typeof NORMALIZE_WARNINGS;
  readonly message: string;
  readonly fix: string;
}

export type NormalizeResult =
  | { readonly ok: true; readonly identity: NormalizedIdentity }
  | {
      readonly ok: false;
      readonly code: keyof typeof NORMALIZE_ERRORS;
      readonly message: string;
      readonly fix: string;
    };

/** Why a valid answer identifies nobody. */
export const NORMALIZE_ERRORS = {
  subject_transient: {
    message: "The NameID is transient: it names the person differently at every login.",
    fix: "In the IdP, send a persistent NameID; or map an attribute that never changes to the connection's subject.",
  },
  subject_attribute_missing: {
    message: "The attribute that the connection takes as subject is missing, empty or has several values.",
    fix: "In the IdP, release this attribute with one value, or change the connection's attribute mapping.",
  },
  subject_unusable: {
    message: "The subject is empty, longer than 1,024 bytes, or holds control characters.",
    fix: "In the IdP, choose another NameID or subject claim.",
  },
} as const;

/** What is accepted, but not as it should be. */
export const NORMALIZE_WARNINGS = {
  groups_overage: {
    message:
      "The person is in more groups than the IdP lists in one answer; it sent a link in place of them.",
    fix: "In Entra ID, send only groups assigned to the application, or provision groups with SCIM. Roles stay as they were.",
  },
  groups_cut: {
    message: "The IdP lists more groups than are taken: the first 2,000.",
    fix: "In the IdP, send only groups assigned to the application. Roles stay as they were.",
  },
  groups_unreadable: {
    message: "The claim of groups holds values that are no names, or not only names.",
    fix: "In the IdP, send groups as an array of strings, or of objects with a `name`; or name another claim as the connection's groupsClaim. Roles stay as they were.",
  },
  email_malformed: {
    message: "The asserted email address is none, and was left out.",
    fix: "In the IdP, map the email attribute to the person's address.",
  },
  email_missing: {
    message: "The answer holds no email address.",
    fix: "In the IdP, release the person's email address to this application.",
  },
} as const;

export function warning(code: keyof typeof NORMALIZE_WARNINGS): NormalizeWarning {
  return { code, ...NORMALIZE_WARNINGS[code] };
}

export function unusable(code: keyof typeof NORMALIZE_ERRORS): NormalizeResult {
  return { ok: false, code, ...NORMALIZE_ERRORS[code] };
}
