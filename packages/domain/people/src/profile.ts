/** A person's profile, as an IdP or a directory says it, or as it is stored. */
export interface Profile {
  /** Canonical. */
  readonly email: string | null;
  /** Only true for a domain that this organization has verified. */
  readonly emailVerified: boolean;
  readonly name: string | null;
  readonly givenName: string | null;
  readonly familyName: string | null;
  readonly username: string | null;
}

/** The columns of a profile, as statements return them. */
export interface ProfileRow {
  readonly email: string | null;
  readonly email_verified: boolean;
  readonly name: string | null;
  readonly given_name: string | null;
  readonly family_name: string | null;
  readonly username: string | null;
}

export function profileOf(row: ProfileRow): Profile {
  return {
    email: row.email,
    emailVerified: row.email_verified,
    name: row.name,
    givenName: row.given_name,
    familyName: row.family_name,
    username: row.username,
  };
}
