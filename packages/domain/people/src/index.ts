// The sole writer of users, identities, memberships, role bindings and conflicts: broker, reconciler and management API
// call it. Its decisions are pure functions (who-is-it.ts, membership.ts, sign-in/roles.ts, sign-in/profile.ts).
export { canonicalAddress, canonicalDomain, domainOf, readableAddress } from "./address.ts";
export * from "./by-hand/index.ts";
export * from "./conflicts/index.ts";
export { applyDirectory, type Batch, type DirectoryChanges, type PushedUser } from "./directory/index.ts";
export {
  type DirectoryKey,
  emailValues,
  type Identifier,
  identifiersOf,
  type ToldUser,
} from "./identifiers.ts";
export type { DirectoryWord, Membership, Refusal, SignInPolicy, Source } from "./membership.ts";
export * from "./sign-in/index.ts";
