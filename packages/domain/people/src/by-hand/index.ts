export { settleDefaultRole } from "./default-role.ts";
export { unverifyAddresses } from "./domains.ts";
export {
  addMember,
  type ByHand,
  type MemberChange,
  type NewMember,
  RefusedByHand,
  removeMember,
  updateMember,
} from "./members.ts";
export { endMappings, endSignInRoles, type RoleRef } from "./roles.ts";
export { type LockedOut, lockedOutBy } from "./sign-in-policy.ts";
