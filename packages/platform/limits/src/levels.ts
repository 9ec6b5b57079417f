import type { LevelChange, SharedLevels } from "./shared-levels.ts";

/** How a level moves: a leaky bucket that good behaviour may bring below zero. */
export interface Rule {
  /** How fast a level goes back to zero. */
  readonly perSecond: number;
  /** The level from which on there is too much. */
  readonly atOnce: number;
  /** How far below zero it may be brought. */
  readonly credit: number;
}

/**
 * Levels by key. What is asked is answered by this process' memory, at once; with Redis the processes tell each other
 * their changes behind it, a moment later. So no request waits for a limit, and an outage of Redis leaves each process
 * to what it knows by itself.
 */
export interface Levels {
  of(key: string, rule: Rule): number;
  add(key: string, rule: Rule, change: number): void;
  /** Tells the others what changed here, and takes over what changed there. */
  exchange(): Promise<void>;
}

interface Level {
  value: number;
  /** Milliseconds since 1970. */
  at: number;
}

/** About 10 MB. */
const MOST_KEYS = 50_000;
const MOST_CHANGES = 500;
const EXCHANGE_AFTER_MS = 100;

/** Levels in memory, exchanged with other processes where `shared` is given. */
export function createLevels(deps: {
  readonly now: () => Date;
  readonly shared?: SharedLevels;
  /** Called once for each outage. */
  readonly onSharedError?: (error: unknown) => void;
  readonly mostKeys?: number;
}): Levels {
  const { now, shared, mostKeys = MOST_KEYS } = deps;
  // Two generations: what has not changed while as many others did is forgotten. Who wants that has to have each of them
  // changed from a network of its own, which is as good as having that many networks.
  let young = new Map<string, Level>();
  let old = new Map<string, Level>();
  const changes = new Map<string, LevelChange>();
  let exchanging = false;
  let failing = false;

  function of(key: string, rule: Rule): number {
    const level = young.get(key) ?? old.get(key);
    return level === undefined
      ? 0
      : towardsZero(level.value, ((now().getTime() - level.at) / 1000) * rule.perSecond);
  }

  function set(key: string, value: number): void {
    if (value === 0) {
      young.delete(key);
      old.delete(key);
      return;
    }
    young.set(key, { value, at: now().getTime() });
    if (young.size < mostKeys / 2) {
      return;
    }
    old = young;
    young = new Map();
  }

  async function exchange(): Promise<void> {
    if (shared === undefined || exchanging || changes.size === 0) {
      return;
    }
    exchanging = true;
    const batch = [...changes.values()].slice(0, MOST_CHANGES);
    for (const { key } of batch) {
      changes.delete(key);
    }
    try {
      const everywhere = await shared.exchange(batch, now());
      batch.forEach(({ key, rule }, n) => {
        set(key, Math.max(-rule.credit, (everywhere[n] ?? 0) + (changes.get(key)?.change ?? 0)));
      });
      failing = false;
    } catch (error) {
      // These changes count here alone.
      if (!failing) {
        deps.onSharedError?.(error);
      }
      failing = true;
    } finally {
      exchanging = false;
    }
    if (changes.size > 0) {
      exchangeSoon();
    }
  }

  function exchangeSoon(): void {
    setTimeout(() => void exchange(), EXCHANGE_AFTER_MS).unref();
  }

  return {
    of,
    add(key, rule, change) {
      set(key, Math.max(-rule.credit, of(key, rule) + change));
      if (shared === undefined) {
        return;
      }
      if (changes.size === 0 && !exchanging) {
        exchangeSoon();
      }
      // An exchange that hangs must not gather for ever; what is dropped counts here alone.
      if (changes.size >= mostKeys) {
        changes.clear();
      }
      changes.set(key, { key, rule, change: (changes.get(key)?.change ?? 0) + change });
    },
    exchange,
  };
}

function towardsZero(value: number, by: number): number {
  return value > 0 ? Math.max(0, value - Math.max(0, by)) : Math.min(0, value + Math.max(0, by));
}
