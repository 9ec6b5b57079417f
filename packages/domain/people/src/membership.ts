/** Who made a membership or a role binding, and so who may change it. */
export type Source = "directory" | "jit" | "manual";

/** What directories say of a member; see `DirectoryWord` in the schema. Null: none knows them. */
export type DirectoryWord = "active" | "ended" | "released";

/** `waiting`: for a seat, without access. */
export type MembershipStatus = "active" | "suspended" | "waiting";

export interface MembershipState {
  readonly id: string;
  readonly status: MembershipStatus;
  readonly source: Source;
  readonly directory: DirectoryWord | null;
}

export interface Membership extends MembershipState {
  readonly userId: string;
}

/** Whom an organization lets sign in. */
export type SignInPolicy = "justInTime" | "directory";

/** Why somebody may not sign in. */
export type Refusal = "membership_suspended" | "not_provisioned" | "seat_limit_reached";

/** What a sign-in of somebody known is held against, in this order. */
export type SignInCheckName =
  | "has_seat"
  | "membership_active"
  | "directory_active"
  | "nobody_ended"
  | "known_to_directory";

export interface SignInCheck {
  readonly check: SignInCheckName;
  readonly passed: boolean;
  /** What the sign-in is refused with where it fails. */
  readonly refusal: Refusal;
}

/**
 * What a sign-in of a known person is held against: each must pass.
 *
 * @param ended a directory deactivated or deleted somebody whom it knew by something that this login says, or that an
 * earlier one said of the same person
 */
export function signInChecks(
  membership: MembershipState | null,
  ended: boolean,
  policy: SignInPolicy,
): readonly SignInCheck[] {
  const known = membership !== null && membership.directory !== null;
  const waits = membership?.status === "waiting";
  return [
    { check: "has_seat", passed: !waits, refusal: "seat_limit_reached" },
    {
      check: "membership_active",
      passed: membership?.status === "active" || waits,
      refusal: "membership_suspended",
    },
    { check: "directory_active", passed: membership?.directory !== "ended", refusal: "membership_suspended" },
    // Whom a directory has active is known by more than what another directory user once was known by, too.
    { check: "nobody_ended", passed: !ended || known, refusal: "membership_suspended" },
    { check: "known_to_directory", passed: policy !== "directory" || known, refusal: "not_provisioned" },
  ];
}

/** Whether a known person may sign in: null, or why not. */
export function refusalOf(
  membership: MembershipState | null,
  ended: boolean,
  policy: SignInPolicy,
): Refusal | null {
  return signInChecks(membership, ended, policy).find(({ passed }) => !passed)?.refusal ?? null;
}

/** What all directory users that stand for one user say together, in the order in which directories count. */
export interface DirectoryStatus {
  /** None of them is left: whoever stood for this user was deleted. */
  readonly gone: boolean;
  readonly active: boolean;
}

/**
 * The membership as directories make it; null when it stays as it is. The status of a manual one is never theirs
 * (invariant 6), but they may still end its person's access (invariant 3), unless an administrator took it over.
 */
export function decideMembership(
  current: MembershipState | undefined,
  says: DirectoryStatus,
): Omit<MembershipState, "id"> | null {
  const word = says.active ? "active" : "ended";
  const status = says.active ? "active" : "suspended";
  if (current === undefined) {
    // An inactive user gets a suspended membership, so that a sign-in finds the door closed rather than none.
    return says.gone ? null : { status, source: "directory", directory: word };
  }
  if (current.directory === "released") {
    return null;
  }
  if (current.source === "manual") {
    return current.directory === word ? null : { status: current.status, source: "manual", directory: word };
  }
  if (current.source === "directory" && current.status === status && current.directory === word) {
    return null;
  }
  return { status, source: "directory", directory: word };
}
