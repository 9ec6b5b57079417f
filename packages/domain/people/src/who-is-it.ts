import type { MembershipState } from "./membership.ts";

/**
 * Who is it? The rules by which a login or a directory user is matched to a user, as pure functions: the table in
 * ARCHITECTURE.md, row by row. None of them ever merges or guesses: where more than one user may be meant, the newcomer
 * stays apart, and each of the others is a rival, told to an administrator as a conflict.
 */

/** What is known about the identity of a first login. A login after that is matched by its identity alone. */
export interface FirstLogin {
  /** A directory deactivated or deleted somebody whom it knew by something that this login says. */
  readonly ended: boolean;
  /** The organization has verified the address's domain, and the IdP does not say that the address is unverified. */
  readonly addressVerified: boolean;
  /** Users whom a directory knows by the very attribute that the connection's subject is. */
  readonly bySubject: readonly Candidate[];
  /** Users with the same address, whether they hold it by proof or only ever asserted it. */
  readonly byAddress: readonly Namesake[];
}

export interface Candidate {
  readonly userId: string;
  /** Null: no member (any more). */
  readonly membership: MembershipState | null;
}

export interface Namesake extends Candidate {
  /** Pushed by a directory, entered by an administrator while nobody could sign in as the user, or verified by the user's first login. */
  readonly proven: boolean;
}

export type FirstLoginDecision =
  | { readonly action: "refuse" }
  | { readonly action: "link"; readonly user: Candidate; readonly rivals: readonly string[] }
  | { readonly action: "create"; readonly rivals: readonly string[] };

export function decideFirstLogin(login: FirstLogin): FirstLoginDecision {
  const { bySubject, byAddress } = login;
  // A login must not undo what was done to whoever had the address, proven or not.
  const noneActive = byAddress.length > 0 && byAddress.every((user) => !isActive(user));
  if (login.ended) return { action: "refuse" };
  const [subject, ...moreSubjects] = bySubject;
  const holders = login.addressVerified ? byAddress.filter((user) => user.proven && isActive(user)) : [];
  const [holder, ...moreHolders] = holders;
  const user =
    subject !== undefined
      ? moreSubjects.length === 0
        ? subject
        : undefined
      : moreHolders.length === 0
        ? holder
        : undefined;
  if (user === undefined) {
    return noneActive
      ? { action: "refuse" }
      : { action: "create", rivals: idsOf([...bySubject, ...byAddress]) };
  }
  if (!isActive(user)) return { action: "refuse" };
  return { action: "link", user, rivals: idsOf(byAddress).filter((id) => id !== user.userId) };
}

/** What is known about a directory user. */
export interface PushedUser {
  /** The user that it stands for until now. */
  readonly linked: {
    readonly userId: string;
    /** Nobody ever signed in as this user, whom this directory user alone made: it may give way to who it turns out to be. */
    readonly placeholder: boolean;
  } | null;
  /** Everybody who may be the same person. */
  readonly matches: readonly Match[];
}

export interface Match {
  readonly userId: string;
  /**
   * Another directory user of the same directory stands for this user, and is active: the directory itself says that these
   * are two.
   */
  readonly taken: boolean;
}

export interface PushedUserDecision {
  /** Null: a new user. */
  readonly userId: string | null;
  readonly rivals: readonly string[];
}

export function decidePushedUser({ linked, matches }: PushedUser): PushedUserDecision {
  const others = matches.filter(({ userId }) => userId !== linked?.userId);
  const [only, ...more] = others;
  const found = only !== undefined && more.length === 0 && !only.taken ? only.userId : null;
  if (found !== null && (linked === null || linked.placeholder)) return { userId: found, rivals: [] };
  return { userId: linked?.userId ?? null, rivals: others.map(({ userId }) => userId) };
}

function isActive({ membership }: Candidate): boolean {
  return membership?.status === "active" && membership.directory !== "ended";
}

function idsOf(users: readonly Candidate[]): string[] {
  return [...new Set(users.map(({ userId }) => userId))];
}
