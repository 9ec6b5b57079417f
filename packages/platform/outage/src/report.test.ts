import { createLogger } from "@sallyport/logging";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { reportOutage } from "./report.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("logs at once, then a line a second and kind with what it stands for, and nothing when it is over", async () => {
  const lines: Record<string, unknown>[] = [];
  const log = createLogger({ destination: { write: (line) => void lines.push(JSON.parse(line)) } });
  const refused = { server: "PostgreSQL", kind: "refused" } as const;
  for (let n = 0; n < 1_000; n += 1) {
    reportOutage(log, refused, { requestId: `r${n}` });
  }
  reportOutage(log, { server: "Redis", kind: "no_answer" });
  expect(lines).toMatchObject([
    { level: "error", server: "PostgreSQL", kind: "refused", failures: 1, requestId: "r0" },
    { level: "error", server: "Redis", kind: "no_answer", failures: 1 },
  ]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(lines.slice(2)).toMatchObject([{ kind: "refused", failures: 999, requestId: "r1" }]);
  reportOutage(log, refused);
  expect(lines).toHaveLength(4);
});
