/** What a process can do; one build serves any set of them. */
export const ROLES = ["broker", "scim", "admin", "reconciler"] as const;

export type Role = (typeof ROLES)[number];

export function isRole(text: string): text is Role {
  return ROLES.some((role) => role === text);
}
