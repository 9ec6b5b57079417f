import type { EventDraft } from "@sallyport/events";
import type { AccessDecisions } from "../directory/access.ts";
import type { Batch } from "../directory/batch.ts";
import type { Loss } from "../directory/memberships.ts";
import { lossesByHand } from "./by-hand.ts";
import { hold, release, storeHeld } from "./held.ts";
import { joined, lossesOf, splitLoss, subtractLoss, withoutKept } from "./losses.ts";
import { countLosses, exceedsShare, type LossCount, uncountLosses } from "./window.ts";

export interface Guarded {
  /** What was decided, without what is held. */
  readonly access: AccessDecisions;
  readonly events: readonly EventDraft[];
  /** Users who would be suspended, and are not: what their directories said is still needed. */
  readonly keptUserIds: ReadonlySet<string>;
}

/**
 * Keeps directories from taking access from more people at once than their guards let through (the table in
 * docs/people.md). Where nobody loses anything it runs no statement, and one where few do.
 *
 * @param directoryOf the directory that reported the user in this batch
 */
export async function guardAccess(
  batch: Batch,
  access: AccessDecisions,
  directoryOf: (userId: string) => string,
): Promise<Guarded> {
  const losses = lossesOf(access);
  if (losses.size === 0 && access.held.size === 0) {
    return { access, events: [], keptUserIds: new Set() };
  }
  const byHand =
    access.held.size === 0
      ? null
      : await lossesByHand(batch, losses, access.memberships.memberships, access.rules);
  const kept = new Map<string, Loss>();
  const fresh = new Map<string, Loss>();
  for (const [userId, loss] of losses) {
    const held = access.held.get(userId);
    if (held?.status === "confirmed") {
      continue;
    }
    const split = splitLoss(withoutByHand(loss, byHand?.get(userId)), held);
    if (split.kept !== null) {
      kept.set(userId, split.kept);
    }
    if (split.fresh !== null) {
      fresh.set(userId, split.fresh);
    }
  }
  const { held, events } = await holdExcess(batch, access, fresh, directoryOf);
  // Losses that are already held stay held, except those that the directory took back.
  const narrowed = new Map<string, Loss>();
  for (const [userId, loss] of kept) {
    if (!held.has(userId) && !isSame(loss, access.held.get(userId))) {
      narrowed.set(userId, loss);
    }
  }
  await storeHeld(batch, null, narrowed);
  const all = new Map([...kept, ...held]);
  const released = [...access.held.keys()].filter((userId) => !all.has(userId));
  return {
    access: withoutKept(access, all),
    events: [...events, ...(await release(batch, released))],
    keptUserIds: new Set([...all].filter(([, { suspends }]) => suspends).map(([userId]) => userId)),
  };
}

/** Of what is new: what a directory's guard does not let through, stored as held. */
async function holdExcess(
  batch: Batch,
  access: AccessDecisions,
  fresh: ReadonlyMap<string, Loss>,
  directoryOf: (userId: string) => string,
): Promise<{ readonly held: Map<string, Loss>; readonly events: EventDraft[] }> {
  const held = new Map<string, Loss>();
  const events: EventDraft[] = [];
  if (fresh.size === 0) {
    return { held, events };
  }
  const byDirectory = new Map<string, Map<string, Loss>>();
  for (const [userId, loss] of fresh) {
    const directoryId = directoryOf(userId);
    byDirectory.set(directoryId, (byDirectory.get(directoryId) ?? new Map()).set(userId, loss));
  }
  const windows = await countLosses(
    batch,
    new Map([...byDirectory].map(([id, losses]) => [id, countOf(losses)])),
  );
  for (const [directoryId, losses] of byDirectory) {
    const window = windows.get(directoryId);
    const counted = countOf(losses);
    const few = (count: LossCount) =>
      window === undefined || window.before.people + count.people < window.settings.people;
    if (window === undefined || (few(counted) && !window.mappingsEnded && access.rules.former === null)) {
      continue;
    }
    const byHand = await lossesByHand(batch, losses, access.memberships.memberships, access.rules);
    const byDirectoryAlone = new Map<string, Loss>();
    for (const [userId, loss] of losses) {
      const rest = withoutByHand(loss, byHand.get(userId));
      if (rest !== undefined) {
        byDirectoryAlone.set(userId, rest);
      }
    }
    const rest = countOf(byDirectoryAlone);
    const total = { people: window.before.people + rest.people, suspended: rest.suspended };
    const isHeld = !few(rest) && rest.people > 0 && (await exceedsShare(batch, directoryId, total, window));
    const applied = isHeld ? { people: 0, suspended: 0 } : rest;
    await uncountLosses(batch, directoryId, {
      people: counted.people - applied.people,
      suspended: counted.suspended - applied.suspended,
    });
    if (isHeld) {
      const kept = new Map(
        [...byDirectoryAlone].map(([userId, loss]) => [userId, joined(loss, access.held.get(userId))]),
      );
      events.push(await hold(batch, directoryId, kept));
      for (const [userId, loss] of kept) {
        held.set(userId, loss);
      }
    }
  }
  return { held, events };
}

function countOf(losses: ReadonlyMap<string, Loss>): LossCount {
  return {
    people: losses.size,
    suspended: [...losses.values()].filter(({ suspends }) => suspends).length,
  };
}

/** Undefined: nothing is left. */
function withoutByHand(loss: Loss, byHand: Loss | undefined): Loss | undefined {
  return subtractLoss(loss, byHand) ?? undefined;
}

function isSame(one: Loss, other: Loss | undefined): boolean {
  return (
    other !== undefined && one.suspends === other.suspends && one.roleIds.length === other.roleIds.length
  );
}
