import { describe, expect, it } from "vitest";
import { type Backoff, nextAttempt, retryAfterMs } from "./backoff.ts";

const backoff: Backoff = { delaysMs: [1_000, 10_000], withinMs: 60_000, jitter: 0.2, longestWaitMs: 30_000 };
const firstAt = new Date("2030-01-01T00:00:00Z");
const after = (ms: number) => new Date(firstAt.getTime() + ms);
const next = (attempt: number, ms: number, more: { askedMs?: number; random?: () => number } = {}) => {
  const at = nextAttempt(backoff, { attempt, firstAt, now: after(ms), random: () => 0.5, ...more });
  return at === null ? null : at.getTime() - firstAt.getTime();
};

describe("the next attempt", () => {
  it("comes after the delay of its number, and the last delay goes on", () => {
    expect([next(1, 0), next(2, 0), next(3, 0), next(9, 20_000)]).toEqual([1_000, 10_000, 10_000, 30_000]);
  });

  it("is spread by chance around it", () => {
    expect([next(1, 0, { random: () => 0 }), next(1, 0, { random: () => 0.999999 })]).toEqual([800, 1_200]);
  });

  it("is made once more at the end of the time, and never behind it", () => {
    expect(next(5, 55_000)).toBe(60_000);
    expect(next(6, 60_000)).toBeNull();
  });

  it("waits as long as the receiver asks, but no shorter than it would, and not for ever", () => {
    expect(next(1, 0, { askedMs: 20_000 })).toBe(20_000);
    expect(next(2, 0, { askedMs: 1 })).toBe(10_000);
    expect(next(1, 0, { askedMs: 86_400_000 })).toBe(30_000);
  });
});

it.each([
  ["120", 120_000],
  [" 0 ", 0],
  ["Tue, 01 Jan 2030 00:00:30 GMT", 30_000],
  ["Mon, 31 Dec 2029 23:00:00 GMT", 0],
  ["-5", undefined],
  ["1e9", undefined],
  ["soon", undefined],
  ["99999999999999", undefined],
  [null, undefined],
])("reads Retry-After: %s", (header, ms) => {
  expect(retryAfterMs(header, firstAt)).toBe(ms);
});
