import type { Cluster, Redis } from "ioredis";
import { z } from "zod";
import type { Rule } from "./levels.ts";

export interface LevelChange {
  readonly key: string;
  readonly rule: Rule;
  readonly change: number;
}

/** The levels of all processes together. */
export interface SharedLevels {
  /** Adds the changes; resolves to what the levels are now, in their order. */
  exchange(changes: readonly LevelChange[], now: Date): Promise<readonly number[]>;
}

/**
 * Each level a hash of value `v` and time `t` in milliseconds, which is forgotten once it is back at zero. A slow clock
 * among the processes moves no level back in time.
 */
const SCRIPT = `
  local levels, now = {}, tonumber(ARGV[1])
  for n, key in ipairs(KEYS) do
    local change, rate, credit = tonumber(ARGV[3 * n - 1]), tonumber(ARGV[3 * n]), tonumber(ARGV[3 * n + 1])
    local stored = redis.call('HMGET', key, 'v', 't')
    local value, at = tonumber(stored[1] or '0'), math.max(now, tonumber(stored[2] or '0'))
    local by = (at - tonumber(stored[2] or at)) / 1000 * rate
    if value > 0 then value = math.max(0, value - by) else value = math.min(0, value + by) end
    value = math.max(-credit, value + change)
    redis.call('HSET', key, 'v', tostring(value), 't', string.format('%.0f', at))
    redis.call('PEXPIRE', key, math.ceil(math.abs(value) / rate * 1000) + 60000)
    levels[n] = tostring(value)
  end
  return levels`;

const reply = z.array(z.coerce.number());

/** In Redis, one round trip for many changes. They share a slot, so that a cluster takes them in one script, too. */
export function createSharedLevels(redis: Redis | Cluster): SharedLevels {
  return {
    async exchange(changes, now) {
      const keys = changes.map(({ key }) => `sallyport:{limits}:${key}`);
      const values = changes.flatMap(({ change, rule }) => [change, rule.perSecond, rule.credit]);
      return reply.parse(await redis.eval(SCRIPT, keys.length, ...keys, now.getTime(), ...values));
    },
  };
}
