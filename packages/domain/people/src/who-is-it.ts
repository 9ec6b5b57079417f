import type { MembershipState } from "./membership.ts";

/**
 * The rules by which a login or a directory user is matched to a user, as pure functions: the tables in docs/people.md, row
 * by row. Users are never merged by guessing: if more than one user may be meant, the later one stays separate, and each of
 * the others is a rival, reported to an administrator as a conflict.
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
  readonly byAddress: readonly UserByAddress[];
}

export interface Candidate {
  readonly userId: string;
  /** Null: no member (any more). */
  readonly membership: MembershipState | null;
}

export interface UserByAddress extends Candidate {
  /** Pushed by a directory, entered by an administrator while nobody could sign in as the user, or verified by the user's first login. */
  readonly proven: boolean;
  /**
   * Their primary address: a directory's `userName`, or proven without one. Among the other emails that a directory pushes may
   * be a colleague's, which people often add to their own profile.
   */
  readonly primary: boolean;
}

export type FirstLoginDecision =
  | { readonly action: "refuse" }
  | { readonly action: "link"; readonly user: Candidate; readonly rivals: readonly string[] }
  | { readonly action: "create"; readonly rivals: readonly string[] };

export function decideFirstLogin(login: FirstLogin): FirstLoginDecision {
  const { bySubject, byAddress } = login;
  const user = bySubject.length > 0 ? onlyOf(bySubject) : login.addressVerified ? holderOf(byAddress) : null;
  // An administrator answers for whom they took over, whatever directories say.
  if (login.ended && user?.membership?.directory !== "released") {
    return { action: "refuse" };
  }
  if (bySubject.length === 0 && hasEnded(byAddress)) {
    return { action: "refuse" };
  }
  if (user === null) {
    return { action: "create", rivals: idsOf([...bySubject, ...byAddress]) };
  }
  if (!isActive(user)) {
    return { action: "refuse" };
  }
  return { action: "link", user, rivals: idsOf(byAddress).filter((id) => id !== user.userId) };
}

/** Whose address it is: the one who has it as the primary one, or else the only one who holds it. */
function holderOf(byAddress: readonly UserByAddress[]): UserByAddress | null {
  const holders = byAddress.filter((user) => user.proven && isActive(user));
  const owners = holders.filter(({ primary }) => primary);
  return onlyOf(owners.length > 0 ? owners : holders);
}

/**
 * Whoever had the address may not come in any more, and nobody has it as their primary one since then: a login must not undo
 * that, whoever else asserts the address, or added it to their profile.
 */
function hasEnded(byAddress: readonly UserByAddress[]): boolean {
  const active = byAddress.filter(isActive);
  if (byAddress.length > 0 && active.length === 0) {
    return true;
  }
  return byAddress.some((user) => user.proven && !isActive(user)) && !active.some(({ primary }) => primary);
}

function onlyOf<T>(users: readonly T[]): T | null {
  const [only, ...more] = users;
  return only === undefined || more.length > 0 ? null : only;
}

/** What is known about a directory user. */
export interface PushedUser {
  /** The user that it stands for until now. */
  readonly linked: {
    readonly userId: string;
    /** Only this directory user created the user, and nobody ever signed in as it: it may be replaced by a matching one. */
    readonly placeholder: boolean;
  } | null;
  /** Everybody who may be the same person. */
  readonly matches: readonly Match[];
}

export interface Match {
  readonly userId: string;
  /**
   * Another directory user of the same directory stands for this user, and is active or has another externalId: the directory
   * itself says that these are two.
   */
  readonly taken: boolean;
  /** A conflict between this user and the linked one is recorded, open or settled: only an administrator makes them one. */
  readonly disputed: boolean;
  /** The best that leads to this user. */
  readonly evidence: Evidence;
}

/**
 * What leads from a directory user to a user, the best first:
 * - `proof`: what both are known by;
 * - `secondaryAddress`: an address that is not the primary one of both, while no directory has one of the two active: a
 *   leaver's address is often given to a colleague, and people add addresses to their profiles;
 * - `assertion`: an address that the user merely asserts.
 */
export type Evidence = (typeof EVIDENCE)[number];

const EVIDENCE = ["proof", "secondaryAddress", "assertion"] as const;

/** The better of two pieces of evidence. */
export function betterEvidence(one: Evidence, other: Evidence): Evidence {
  return EVIDENCE.indexOf(one) <= EVIDENCE.indexOf(other) ? one : other;
}

export interface PushedUserDecision {
  /** Null: a new user. */
  readonly userId: string | null;
  readonly rivals: readonly string[];
}

export function decidePushedUser({ linked, matches }: PushedUser): PushedUserDecision {
  const others = matches.filter(({ userId }) => userId !== linked?.userId);
  const found = onlyOf(
    others.filter(({ taken, disputed, evidence }) => !taken && !disputed && evidence === "proof"),
  );
  const userId = found !== null && (linked === null || linked.placeholder) ? found.userId : linked?.userId;
  return {
    userId: userId ?? null,
    rivals: others.map((match) => match.userId).filter((rival) => rival !== userId),
  };
}

function isActive({ membership }: Candidate): boolean {
  return membership?.status === "active" && membership.directory !== "ended";
}

function idsOf(users: readonly Candidate[]): string[] {
  return [...new Set(users.map(({ userId }) => userId))];
}
