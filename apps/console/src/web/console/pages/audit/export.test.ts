import { describe, expect, it } from "vitest";
import type { AuditEvent, LoadEvents } from "./events.ts";
import { csvLine, exportEvents } from "./export.ts";

const event = (n: number): AuditEvent => ({
  id: `id-${n}`,
  sequence: n,
  type: "membership.suspended",
  actor: { type: "system", id: null },
  resource: { type: "membership", id: "m" },
  outcome: "success",
  requestId: null,
  ip: null,
  before: null,
  after: { name: '=cmd|" /C calc"!A0' },
  data: {},
  createdAt: "2026-11-29T08:00:00.000Z",
});

const pages: LoadEvents = async ({ cursor }) =>
  cursor === undefined ? { items: [event(2)], nextCursor: "1" } : { items: [event(1)], nextCursor: null };

describe("an export", () => {
  it.each([
    ["=1+1", "'=1+1"],
    ["+49 30", "'+49 30"],
    ["-1", "'-1"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["\tx", "'\tx"],
    ['=A1,"x"', `"'=A1,""x"""`],
    ["a\r\nb", '"a\r\nb"'],
    ["plain", "plain"],
    [null, ""],
  ])("writes %j so that a spreadsheet takes it for text", (value, cell) => {
    expect(csvLine([value, "end"])).toBe(`${cell},end\r\n`);
  });

  it("holds every page in order, and tells how far it is", async () => {
    const told: number[] = [];
    const options = { load: pages, filter: {}, onProgress: (n: number) => told.push(n) };
    const { signal } = new AbortController();
    const lines = await (await exportEvents({ ...options, format: "ndjson", signal })).text();
    expect(
      lines
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line).id),
    ).toEqual(["id-2", "id-1"]);
    expect(told).toEqual([1, 2]);
    const table = await (await exportEvents({ ...options, format: "csv", signal })).text();
    expect(table.split("\r\n").length).toBe(4);
    expect(table.startsWith("time,sequence,type,")).toBe(true);
  });

  it("ends when it is aborted", async () => {
    const abort = new AbortController();
    abort.abort();
    const options = { load: pages, filter: {}, onProgress: () => undefined, format: "csv" } as const;
    await expect(exportEvents({ ...options, signal: abort.signal })).rejects.toThrow();
  });
});
