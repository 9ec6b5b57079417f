import { connectRedis } from "@sallyport/queue";
import { type RedisForm, redisIsInstalled, startTestRedis, type TestRedis } from "@sallyport/queue/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createLevels, type Rule } from "./levels.ts";
import { createSharedLevels, type SharedLevels } from "./shared-levels.ts";
import { createClock } from "./testing/clock.ts";

const RULE: Rule = { perSecond: 2, atOnce: 10, credit: 5 };
let clock = createClock();
beforeEach(() => {
  clock = createClock();
});

describe("in memory", () => {
  it("a level goes back to zero, from either side, and no further", () => {
    const levels = createLevels(clock);
    levels.add("up", RULE, 6);
    levels.add("down", RULE, -3);
    clock.pass(1);
    expect([levels.of("up", RULE), levels.of("down", RULE)]).toEqual([4, -1]);
    clock.pass(100);
    expect([levels.of("up", RULE), levels.of("down", RULE)]).toEqual([0, 0]);
  });

  it("there is no more credit than the rule gives", () => {
    const levels = createLevels(clock);
    levels.add("key", RULE, -100);
    expect(levels.of("key", RULE)).toBe(-5);
  });

  it("a clock that is set back moves nothing", () => {
    const levels = createLevels(clock);
    levels.add("key", RULE, 6);
    clock.pass(-100);
    expect(levels.of("key", RULE)).toBe(6);
  });

  it("forgets what did not change while as many others did, and nothing sooner", () => {
    const levels = createLevels({ ...clock, mostKeys: 6 });
    for (const key of ["a", "b", "c", "a", "d"]) {
      levels.add(key, RULE, 1);
    }
    expect(["a", "b", "c", "d"].map((key) => levels.of(key, RULE))).toEqual([2, 1, 1, 1]);
    levels.add("e", RULE, 1);
    expect(["a", "b", "c", "d", "e"].map((key) => levels.of(key, RULE))).toEqual([2, 0, 0, 1, 1]);
  });
});

describe("where what is shared fails", () => {
  const broken: SharedLevels = { exchange: () => Promise.reject(new Error("Redis is away")) };

  it("counts by itself, and says so once", async () => {
    const told: unknown[] = [];
    const levels = createLevels({ ...clock, shared: broken, onSharedError: (error) => told.push(error) });
    for (let n = 0; n < 3; n++) {
      levels.add("key", RULE, 1);
      await levels.exchange();
    }
    expect(levels.of("key", RULE)).toBe(3);
    expect(told).toHaveLength(1);
  });

  it("keeps what changes while an answer is on its way", async () => {
    let answer: (levels: number[]) => void = () => undefined;
    const shared: SharedLevels = {
      exchange: () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    };
    const levels = createLevels({ ...clock, shared });
    levels.add("key", RULE, 1);
    const exchanged = levels.exchange();
    levels.add("key", RULE, 2);
    answer([4]);
    await exchanged;
    expect(levels.of("key", RULE)).toBe(6);
  });
});

describe.runIf(redisIsInstalled()).each<RedisForm>(["single", "cluster"])("shared by Redis, %s", (form) => {
  let server: TestRedis;
  let redis: ReturnType<typeof connectRedis>;
  beforeAll(async () => {
    server = await startTestRedis({ form });
    redis = connectRedis(server.url);
  });
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });
  const process = () => createLevels({ ...clock, shared: createSharedLevels(redis) });

  it("each process learns what the others counted, in one exchange for many keys", async () => {
    const [one, other] = [process(), process()];
    one.add("a", RULE, 3);
    one.add("b", RULE, 2.5);
    await one.exchange();
    other.add("a", RULE, 4);
    other.add("b", RULE, -10);
    await other.exchange();
    expect([other.of("a", RULE), other.of("b", RULE)]).toEqual([7, -5]);
    clock.pass(1);
    one.add("a", RULE, 1);
    await one.exchange();
    expect(one.of("a", RULE)).toBe(6);
  });

  it("forgets a level once it is back at zero", async () => {
    const levels = process();
    levels.add("c", RULE, 10);
    await levels.exchange();
    const ttl = await redis.pttl("sallyport:{limits}:c");
    expect(ttl).toBeGreaterThan(5_000);
    expect(ttl).toBeLessThanOrEqual(65_000);
  });
});
