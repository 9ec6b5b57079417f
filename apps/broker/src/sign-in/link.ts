import type { KnownUser, Namesakes } from "./store.ts";

/** What becomes of an identity that is seen for the first time. */
export type FirstLogin =
  | { readonly action: "link"; readonly user: KnownUser }
  | { readonly action: "create" }
  | { readonly action: "refuse" };

/**
 * Decides about a first login (invariant 3). An email address leads to an existing user only where it is verified: its
 * domain by this very organization, and not disowned by the IdP. Else whoever can set an address at some IdP could
 * become anybody. Where the address belongs to somebody whose access was taken away, no new user is
 * made either: a login must not undo what the directory did.
 */
export function decideFirstLogin(namesakes: Namesakes, emailVerified: boolean): FirstLogin {
  if (namesakes.inactiveInDirectory) return { action: "refuse" };
  const active = namesakes.users.filter((user) => user.membership?.status === "active");
  if (namesakes.users.length > 0 && active.length === 0) return { action: "refuse" };
  const [user] = active;
  return user !== undefined && emailVerified ? { action: "link", user } : { action: "create" };
}
