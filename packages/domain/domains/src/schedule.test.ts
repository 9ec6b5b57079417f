import { expect, it } from "vitest";
import { nextCheck } from "./schedule.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** When a domain that was added at 0 is looked at, in milliseconds, until it is left alone. */
function looks(): number[] {
  const found: number[] = [];
  for (let at = nextCheck(new Date(0), new Date(0)); at !== null; at = nextCheck(new Date(0), at)) {
    found.push(at.getTime());
  }
  return found;
}

it("looks each minute at first, then less and less often, and stops after a week", () => {
  const all = looks();
  const waits = all.map((at, index) => at - (all[index - 1] ?? 0));
  expect(waits.slice(0, 4)).toEqual(Array.from({ length: 4 }, () => MINUTE_MS));
  expect(waits).toEqual(waits.toSorted((one, other) => one - other));
  expect(Math.max(...waits)).toBe(DAY_MS / 4);
  expect(all.at(-1)).toBeGreaterThan(6.5 * DAY_MS);
  expect(all.at(-1)).toBeLessThanOrEqual(7 * DAY_MS);
  expect(all.length).toBeLessThan(70);
});

it("does not begin anew with a domain that is older", () => {
  expect(nextCheck(new Date(0), new Date(8 * DAY_MS))).toBeNull();
});
