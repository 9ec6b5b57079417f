import type { Sql } from "@sallyport/database";
import type { PushedUser } from "@sallyport/directories";
import { type Identifier, identifiersOf } from "../identifiers.ts";

export type { PushedUser };

/** One batch of an organization's directory users, inside its transaction, under `lockPeople`. */
export interface Batch {
  readonly sql: Sql;
  readonly organizationId: string;
  readonly now: Date;
}

const identifiersOfPushed = new WeakMap<PushedUser, readonly Identifier[]>();

/** All identifiers by which its directory knows a pushed user: needed several times in a batch, computed once. */
export function knownBy(user: PushedUser): readonly Identifier[] {
  const known = identifiersOfPushed.get(user) ?? identifiersOf(user);
  identifiersOfPushed.set(user, known);
  return known;
}

/**
 * Whether the domain of a directory user's email, of the table alias `du`, is verified by its own organization.
 * A verified domain belongs to one organization only.
 */
export const EMAIL_VERIFIED = `EXISTS (
  SELECT 1 FROM domains d
  WHERE d.organization_id = du.organization_id AND d.verified_name = substring(du.email FROM '@([^@]*)$'))`;

/** The directory users `du` that are linked to users, with their links `l`. */
export const LINKED = "directory_user_links l JOIN directory_users du ON du.id = l.directory_user_id";

/** Directory users of the organization `$1`, as a condition on `du`. */
export const OF_ORGANIZATION = "du.organization_id = $1";
