import { difference } from "@sallyport/events";
import type { Profile } from "../profile.ts";
import type { ProfileUpdate } from "./effects.ts";
import type { Login, Lookup } from "./look-up.ts";
import type { Person } from "./person.ts";

/** The profile that a login asserts. */
export function assertedProfile(login: Login, { addressVerified }: Lookup): Profile {
  return {
    email: login.email,
    emailVerified: login.email !== null && addressVerified,
    name: login.name,
    givenName: login.givenName,
    familyName: login.familyName,
    username: login.username,
  };
}

/**
 * What a login makes of the profile of somebody known; null when it stays as it is. A directory's values win over the
 * IdP's; what the IdP does not say is kept.
 *
 * An address is held by proof when the login that brought it says so too, or a later one does; one that a later login
 * changes is merely asserted, however often it is said again: else a member who may edit their own address would become
 * whoever comes to it.
 *
 * @param contested others have the address, too
 */
export function decideProfile(
  person: Person,
  login: Login,
  found: Lookup,
  contested: boolean,
): ProfileUpdate | null {
  const { profile: stored, emailProof } = person;
  if (person.inDirectory || person.membership.source === "directory") {
    return null;
  }
  const asserted = assertedProfile(login, found);
  const profile = {
    email: asserted.email ?? stored.email,
    emailVerified: asserted.email === null ? stored.emailVerified : asserted.emailVerified && !contested,
    name: asserted.name ?? stored.name,
    givenName: asserted.givenName ?? stored.givenName,
    familyName: asserted.familyName ?? stored.familyName,
    username: asserted.username ?? stored.username,
  };
  const proof = proofOf(person, profile);
  const same = proof === emailProof && difference(stored, profile) === null;
  return same ? null : { profile, emailProof: proof };
}

function proofOf({ profile: stored, emailProof, emailChanged }: Person, next: Profile) {
  if (next.email !== stored.email) {
    return null;
  }
  return emailProof ?? (next.emailVerified && !emailChanged ? "sign_in" : null);
}
