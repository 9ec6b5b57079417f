export type { LoginStatements } from "./effects.ts";
export { isDeletedMeanwhile, isOvertaken, isSuspended } from "./effects.ts";
export { type Login, OrganizationMissing } from "./look-up.ts";
export type { NearGroup } from "./near-groups.ts";
export { SignInRefused } from "./refused.ts";
export { type SignedIn, type SignInDeps, signInPerson } from "./sign-in.ts";
