/**
 * How many requests may be under way, in all and to each receiver. A receiver begins with few; each quick answer gives it
 * one more, up to a bound. One that fails or is slow has a single one at a time, out of a small part that all such share:
 * however many receivers hang, most of the places stay with those that answer.
 */
export interface Lanes {
  /**
   * Which of these receivers may be sent to now, and how much each, all of it together within the bounds: one each before
   * anybody has a second, those with the least under way first.
   */
  share(receivers: readonly string[]): Map<string, number>;
  /** A request to it begins. */
  begin(receiver: string): void;
  /** It has ended, well and quickly or not. */
  end(receiver: string, quick: boolean): void;
  /** A receiver that was seen to fail elsewhere, and that nothing is known of here, is treated as one that failed here. */
  suspect(receiver: string): void;
  /** How many requests are under way. */
  active(): number;
}

export interface LanesOptions {
  /** At once, in all. */
  readonly places: number;
  /** Of these, for receivers that fail or are slow. */
  readonly slowPlaces: number;
  /** At once, to one receiver: at first, and once it has shown that it answers. */
  readonly first: number;
  readonly most: number;
}

interface Lane {
  active: number;
  limit: number;
  slow: boolean;
}

/** Beyond it, receivers that nothing is sent to are forgotten. */
const MOST_REMEMBERED = 10_000;

export function createLanes({ places, slowPlaces, first, most }: LanesOptions): Lanes {
  const lanes = new Map<string, Lane>();
  let active = 0;
  let slowActive = 0;

  const laneOf = (receiver: string): Lane => {
    const known = lanes.get(receiver);
    if (known !== undefined) {
      return known;
    }
    const lane = { active: 0, limit: first, slow: false };
    lanes.set(receiver, lane);
    if (lanes.size > MOST_REMEMBERED) {
      forget();
    }
    return lane;
  };

  function forget(): void {
    for (const [receiver, lane] of lanes) {
      if (lane.active === 0) {
        lanes.delete(receiver);
      }
      if (lanes.size <= MOST_REMEMBERED / 2) {
        return;
      }
    }
  }

  function setSlow(lane: Lane, slow: boolean): void {
    if (lane.slow === slow) {
      return;
    }
    lane.slow = slow;
    slowActive += slow ? lane.active : -lane.active;
  }

  return {
    share(receivers) {
      const shared = new Map<string, number>();
      let free = places - active;
      let slowFree = Math.min(slowPlaces - slowActive, free);
      let turn = receivers
        .map((receiver) => ({ receiver, lane: laneOf(receiver), order: Math.random() }))
        .sort((one, other) => one.lane.active - other.lane.active || one.order - other.order);
      while (turn.length > 0 && free > 0) {
        const again: typeof turn = [];
        for (const each of turn) {
          const { receiver, lane } = each;
          const given = shared.get(receiver) ?? 0;
          const room = lane.active + given < (lane.slow ? 1 : lane.limit);
          if (!room || free <= 0 || (lane.slow && slowFree <= 0)) {
            continue;
          }
          shared.set(receiver, given + 1);
          free -= 1;
          slowFree -= lane.slow ? 1 : 0;
          again.push(each);
        }
        turn = again;
      }
      return shared;
    },
    begin(receiver) {
      const lane = laneOf(receiver);
      lane.active += 1;
      active += 1;
      slowActive += lane.slow ? 1 : 0;
    },
    end(receiver, quick) {
      const lane = laneOf(receiver);
      lane.active -= 1;
      active -= 1;
      slowActive -= lane.slow ? 1 : 0;
      lane.limit = quick ? Math.min(most, lane.limit + 1) : first;
      setSlow(lane, !quick);
    },
    suspect(receiver) {
      if (!lanes.has(receiver)) {
        setSlow(laneOf(receiver), true);
      }
    },
    active: () => active,
  };
}
