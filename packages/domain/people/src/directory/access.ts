import type { EventDraft } from "@sallyport/events";
import type { Mapping } from "../group-match.ts";
import type { Batch } from "./batch.ts";
import { type BindingDecisions, decideBindings, storeBindings } from "./bindings.ts";
import {
  decideMemberships,
  endsAccess,
  type HeldLoss,
  type MembershipDecisions,
  readDirectoriesWord,
  readMemberships,
  storeMemberships,
} from "./memberships.ts";

/** What directories make of some users' access, before it is stored. */
export interface AccessDecisions {
  readonly memberships: MembershipDecisions;
  readonly bindings: BindingDecisions;
  /** What is held of the users, by user. */
  readonly held: ReadonlyMap<string, HeldLoss>;
}

/** Whether somebody only asks what would come of it, and so waits for nobody; and by which mappings. */
export interface AccessOptions {
  readonly purpose: "plan" | "change";
  /** By which groups give roles; null: those that are stored. */
  readonly mappings: readonly Mapping[] | null;
  /** The users among them that this batch made, who have no membership yet. */
  readonly made: ReadonlySet<string>;
}

/**
 * What the users' directories say of their memberships and roles, as they stand. The one place that decides it: the
 * reconciler stores it, a plan shows it. Changes nothing.
 */
export async function decideAccess(
  batch: Batch,
  userIds: readonly string[],
  { purpose, mappings, made }: AccessOptions,
): Promise<AccessDecisions> {
  const { says, held } = await readDirectoriesWord(batch, userIds);
  const known = userIds.filter((userId) => !made.has(userId));
  const memberships = decideMemberships(says, await readMemberships(batch, known, purpose));
  return { memberships, bindings: await decideBindings(batch, memberships, mappings), held };
}

/** Stores what was decided, and returns the events that tell of it. */
export async function storeAccess(batch: Batch, access: AccessDecisions): Promise<EventDraft[]> {
  return [
    ...(await storeMemberships(batch, access.memberships)),
    ...(await storeBindings(batch, access.memberships.memberships, access.bindings)),
  ];
}

/** The users whose sessions end by what was decided. */
export function endedBy({ memberships }: AccessDecisions): string[] {
  return memberships.changed.filter(endsAccess).map(({ after }) => after.userId);
}
