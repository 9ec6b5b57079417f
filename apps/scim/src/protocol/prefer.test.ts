import { expect, it } from "vitest";
import { prefersDryRun } from "./prefer.ts";

it.each([
  ["handling=dry-run"],
  ["Handling = Dry-Run"],
  ['handling="dry-run"'],
  ['handling="dry\\-run"'],
  ['handling=dry-run; why="a, b"'],
  ["respond-async, wait=10, handling=dry-run"],
  ['x="handling=strict, \\"", handling=dry-run'],
  ["return=minimal,,handling=dry-run,handling=strict"],
])("%s asks for a dry run", (header) => {
  expect(prefersDryRun(header)).toBe(true);
});

it.each([
  [undefined],
  [""],
  ["handling"],
  ["handling=strict"],
  // RFC 7240 §2: the first counts.
  ["handling=lenient, handling=dry-run"],
  ["dry-run"],
  ["x-handling=dry-run"],
  ['x="handling=dry-run"'],
  ["return=minimal; handling=dry-run"],
  ["handling=dry-run-2"],
])("%s does not", (header) => {
  expect(prefersDryRun(header)).toBe(false);
});

it("reads headers that came apart, and long ones in linear time", () => {
  expect(prefersDryRun(["wait=1", "handling=dry-run"])).toBe(true);
  for (const hostile of [
    '"'.repeat(16_000),
    '\\"'.repeat(8_000),
    "a".repeat(16_000),
    " ".repeat(16_000),
    "a=".repeat(8_000),
  ]) {
    const start = performance.now();
    expect(prefersDryRun(hostile)).toBe(false);
    expect(performance.now() - start).toBeLessThan(50);
  }
});
