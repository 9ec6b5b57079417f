import type { EventDraft } from "@sallyport/events";
import type { Mapping } from "../group-match.ts";
import type { AccessRules } from "../policy/policy.ts";
import { announceSeats, assignSeats } from "../policy/seats.ts";
import type { Batch } from "./batch.ts";
import { type BindingDecisions, decideBindings, storeBindings } from "./bindings.ts";
import {
  decideMemberships,
  endsAccess,
  type HeldLoss,
  type MembershipDecisions,
  readDirectoryStates,
  readMemberships,
  storeMemberships,
} from "./memberships.ts";

/** What directories make of some users' access, before it is stored. */
export interface AccessDecisions {
  readonly memberships: MembershipDecisions;
  readonly bindings: BindingDecisions;
  /** What is held of the users, by user. */
  readonly held: ReadonlyMap<string, HeldLoss>;
  /** By what it was decided. */
  readonly rules: AccessRules;
  /** Whom their directories have deleted. */
  readonly gone: readonly string[];
}

/** Whether this is only a preview, which takes no lock; and the mappings to use. */
export interface AccessOptions {
  readonly purpose: "plan" | "change";
  readonly rules: AccessRules;
  /** By which groups give roles; null: those that are stored. */
  readonly mappings: readonly Mapping[] | null;
  /** Those that would be no more: what sign-ins gave by them ends. */
  readonly endedMappings?: readonly Mapping[];
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
  { purpose, rules, mappings, endedMappings = [], made }: AccessOptions,
): Promise<AccessDecisions> {
  const { says, held } = await readDirectoryStates(batch, userIds, rules.policy.precedence);
  const known = userIds.filter((userId) => !made.has(userId));
  const decided = decideMemberships(says, await readMemberships(batch, known, purpose));
  const memberships = await assignSeats(batch, rules, decided);
  const bindings = await decideBindings(batch, memberships, { rules, mappings, endedMappings });
  const gone = [...says].flatMap(([userId, said]) => (said.gone ? [userId] : []));
  return { memberships, bindings, held, rules, gone };
}

/** Stores what was decided, and returns the events that tell of it. */
export async function storeAccess(batch: Batch, access: AccessDecisions): Promise<EventDraft[]> {
  const announces = access.memberships.seatsUsedUp === true && !access.rules.seatsAnnounced;
  return [
    ...(await storeMemberships(batch, access.memberships)),
    ...(await storeBindings(batch, access.memberships.memberships, access.bindings)),
    ...(announces ? await announceSeats(batch.sql, batch.organizationId, batch.now) : []),
  ];
}

/** The users whose sessions end by what was decided. */
export function endedBy({ memberships }: AccessDecisions): string[] {
  return memberships.changed.filter(endsAccess).map(({ after }) => after.userId);
}
