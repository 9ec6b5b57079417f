import { beforeEach, expect, it } from "vitest";
import { createFailureLimit, type FailureLimit } from "./failure-limit.ts";
import { createLevels } from "./levels.ts";
import { createClock } from "./testing/clock.ts";

let clock = createClock();
let limit: FailureLimit;
beforeEach(() => {
  clock = createClock();
  limit = createFailureLimit(createLevels(clock), { perSecond: 0.5, burst: 3 });
});

const count = (times: number, ip: (n: number) => string, scope?: string) =>
  Array.from({ length: times }, (_, n) => limit.count(ip(n), scope));

it("lets as many through as may come at once, then tells how long to wait", () => {
  expect(count(5, () => "192.0.2.1")).toEqual([null, null, null, 2, 2]);
  clock.pass(1);
  expect(limit.count("192.0.2.1")).toBe(1);
  clock.pass(1);
  expect(count(2, () => "192.0.2.1")).toEqual([null, 2]);
});

it("counts each network and each scope apart", () => {
  count(5, () => "192.0.2.1");
  expect(limit.count("192.0.2.2")).toBeNull();
  expect(limit.count("192.0.2.1", "acme")).toBeNull();
});

it("takes a /64 for one, and a /48 for four", () => {
  expect(count(9, (n) => `2001:db8:1:2::${n}`).filter((wait) => wait === null)).toHaveLength(3);
  expect(count(99, (n) => `2001:db8:2:${n}::1`).filter((wait) => wait === null)).toHaveLength(12);
});
