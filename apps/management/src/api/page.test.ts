import { newId } from "@sallyport/database";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pageQuery, toPage } from "./page.ts";

const page = pageQuery.parse({ limit: "2" });
const row = (createdAt: string) => ({ id: newId(), createdAt: new Date(createdAt) });
const rows = [row("2030-01-01"), row("2030-01-02"), row("2030-01-03")];

describe("pageQuery", () => {
  it("takes 50 when nothing is said", () => {
    expect(pageQuery.parse({})).toEqual({ limit: 50 });
  });

  it.each(["0", "201", "-1", "1.5", "many", ""])("refuses the limit %j", (limit) => {
    expect(pageQuery.safeParse({ limit }).success).toBe(false);
  });

  it("refuses whatever is not a cursor", () => {
    fc.assert(fc.property(fc.string(), (cursor) => !pageQuery.safeParse({ cursor }).success));
  });

  it.each([
    ["no id", "2030-01-01T00:00:00.000Z"],
    ["an id that is none", "2030-01-01T00:00:00.000Z x"],
    ["a time that is none", `yesterday ${newId()}`],
    ["a time before all times", `0000-01-01T00:00:00.000Z ${newId()}`],
    ["more than two parts", `2030-01-01T00:00:00.000Z ${newId()} x`],
  ])("refuses a cursor with %s", (_name, content) => {
    const cursor = Buffer.from(content).toString("base64url");
    expect(pageQuery.safeParse({ cursor }).success).toBe(false);
  });
});

describe("toPage", () => {
  it("leads from the last row shown to the next page, to the millisecond", () => {
    const { items, nextCursor } = toPage(rows, page, ({ id }) => id);
    expect(items).toEqual([rows[0]?.id, rows[1]?.id]);
    expect(pageQuery.parse({ cursor: nextCursor }).cursor).toEqual(rows[1]);
  });

  it("ends with null when there is no more", () => {
    expect(toPage(rows.slice(0, 2), page, ({ id }) => id).nextCursor).toBeNull();
    expect(toPage([], page, () => "")).toEqual({ items: [], nextCursor: null });
  });
});
