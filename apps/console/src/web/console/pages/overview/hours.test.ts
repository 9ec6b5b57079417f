import { expect, it } from "vitest";
import { causesOf, hoursOf } from "./hours.ts";

it("has a bar for each hour that the period touches, also where nothing happened", () => {
  const period = { from: "2026-11-29T10:00:00.000Z", to: "2026-11-29T13:20:00.000Z" };
  const hours = hoursOf(period, [
    { hour: "2026-11-29T11:00:00.000Z", outcome: "failure", count: 1 },
    { hour: "2026-11-29T11:00:00.000Z", outcome: "failure", count: 2 },
    { hour: "2026-11-29T13:00:00.000Z", outcome: "success", count: 4 },
  ]);
  expect(hours.map(({ counts }) => counts)).toEqual([{}, { failure: 3 }, {}, { success: 4 }]);
  expect(hours.map(({ at }) => new Date(at).getUTCHours())).toEqual([10, 11, 12, 13]);
});

it("adds up a cause over its hours, the most frequent first", () => {
  expect(
    causesOf([
      { cause: null, count: 9 },
      { cause: "audience_mismatch", count: 1 },
      { cause: "signature_invalid", count: 2 },
      { cause: "signature_invalid", count: 1 },
    ]),
  ).toEqual([
    ["signature_invalid", 3],
    ["audience_mismatch", 1],
  ]);
});
