import { expect, it } from "vitest";
import { type Json, LazyList } from "../protocol/json.ts";
import { isLong, jsonPieces } from "./json-pieces.ts";

const member = (index: number) => ({ value: `id-${index}`, display: `"${index}" é\u2028`, type: "User" });
const group = (members: number) => ({
  id: "g",
  members: Array.from({ length: members }, (_, i) => member(i)),
});

async function piecesOf(value: Json): Promise<string[]> {
  const pieces: string[] = [];
  for await (const piece of jsonPieces(value)) {
    pieces.push(piece);
  }
  return pieces;
}

it.each<[string, Json, boolean]>([
  ["a user", { id: "u", emails: [{ value: "a@b.c" }], active: true, manager: null }, false],
  ["a group of 1,000", group(1_000), false],
  ["a group of 1,001", group(1_001), true],
  ["a group of 2,000", group(2_000), true],
  ["a page of groups", { totalResults: 3, Resources: [group(2), group(3_500), group(1_001)] }, true],
  ["a long list of numbers", Array.from({ length: 2_345 }, (_, index) => index), true],
  ["a long list that holds long lists", Array(1_001).fill(Array(1_001).fill("x")), true],
  ["nothing", {}, false],
  [
    "a group of 2,345 that are made meanwhile",
    { id: "g", members: LazyList.of([...Array(2_345).keys()], member) },
    true,
  ],
  [
    "a group of 10 that are made meanwhile",
    { id: "g", members: LazyList.of([...Array(10).keys()], member) },
    false,
  ],
  ["a text", "x".repeat(5_000), false],
])("writes %s as JSON.stringify does", async (_name, value, long) => {
  const pieces = await piecesOf(value);
  expect(pieces.join("") === JSON.stringify(value)).toBe(true);
  expect(isLong(value)).toBe(long);
  expect(pieces.length > 1).toBe(long);
});

it("writes what is read meanwhile behind what is here", async () => {
  async function* pages() {
    yield [2, 3];
    yield [];
    yield Array.from({ length: 1_000 }, (_, index) => 4 + index);
  }
  const members = LazyList.of([0, 1], member, pages).map(({ value: id = null }) => ({ id }));
  expect(isLong({ members })).toBe(true);
  const { members: written } = JSON.parse((await piecesOf({ members })).join(""));
  expect(written).toEqual(Array.from({ length: 1_004 }, (_, index) => ({ id: `id-${index}` })));
});

it("never holds much of it at once", async () => {
  for await (const piece of jsonPieces(group(100_000))) {
    expect(piece.length).toBeLessThan(100_000);
  }
});
