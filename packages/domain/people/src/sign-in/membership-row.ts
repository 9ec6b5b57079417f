import type { DirectoryWord, MembershipState, MembershipStatus, Source } from "../membership.ts";

/** The columns of a user's membership, all null where there is none. */
export interface MembershipRow {
  readonly membership_id: string | null;
  readonly status: MembershipStatus | null;
  readonly source: Source | null;
  readonly directory: DirectoryWord | null;
}

export function membershipOf(row: MembershipRow): MembershipState | null {
  const { membership_id: id, status, source, directory } = row;
  return id === null || status === null || source === null ? null : { id, status, source, directory };
}
