import { expect, it } from "vitest";
import { relativeTime } from "./relative-time.ts";

const NOW = Date.UTC(2026, 10, 29, 12);
const SECOND = 1000;

it.each([
  [0, "now"],
  [-20 * SECOND, "now"],
  [-3 * 60 * SECOND, "3 min. ago"],
  [-2 * 3600 * SECOND, "2 hr. ago"],
  [30 * 86_400 * SECOND - 20 * SECOND, "in 30 days"],
])("%i ms from now is %s", (offset, said) => {
  expect(relativeTime(NOW + offset, NOW, "en")).toBe(said);
});
