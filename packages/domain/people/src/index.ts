/**
 * People: the only writer of users, identities, memberships, role bindings and conflicts.
 *
 * - `who-is-it.ts`: which user a login or a directory user is (pure); `membership.ts`: who may sign in (pure)
 * - `sign-in/`: a login finds or makes its user, with what that changes
 * - `directory/`: users, memberships and roles follow what directories say
 * - `guard/`: what a directory would take from too many people at once is held until an administrator decides
 * - `policy/`: what administrators set of access: default role, order of directories, seats
 * - `plan/`: what would become of members' access, by the same decision (`directory/access.ts`)
 * - `why/`: why a member has a role, and may or may not sign in, by the rules that a sign-in follows
 * - `by-hand/`: what administrators change; `conflicts/`: what only they settle
 * - `erasure/`: who was deleted, and what is left of nobody
 * - `identifiers.ts`, `address.ts`: how people are named, in the one form in which names are compared
 */
export { canonicalAddress, canonicalDomain, domainOf, readableAddress } from "./address.ts";
export * from "./by-hand/index.ts";
export * from "./conflicts/index.ts";
export { applyDirectory, type Batch, type DirectoryChanges, type PushedUser } from "./directory/index.ts";
export * from "./erasure/index.ts";
export { type GroupMatch, likeOf, type Mapping } from "./group-match.ts";
export * from "./guard/index.ts";
export {
  type DirectoryIdentity,
  type DirectoryKey,
  type Identifier,
  identifiersOf,
} from "./identifiers.ts";
export { lockOrganization, lockPeople } from "./lock.ts";
export type {
  DirectoryWord,
  Membership,
  MembershipStatus,
  Refusal,
  SignInCheckName,
  SignInPolicy,
  Source,
} from "./membership.ts";
export * from "./plan/index.ts";
export * from "./policy/index.ts";
export * from "./sign-in/index.ts";
export * from "./why/index.ts";
