import { expect, it } from "vitest";
import { createUnread } from "./unread.ts";

function remembered() {
  const ended: string[] = [];
  const remember = createUnread(100);
  const add = (key: string, bytes: number, name: string) =>
    remember({ key, bytes, end: () => void ended.push(name) });
  return { ended, add };
}

it("gives up the oldest answers of whoever has most, and nobody else's", () => {
  const { ended, add } = remembered();
  add("calm", 30, "calm 1");
  add("greedy", 20, "greedy 1");
  add("greedy", 20, "greedy 2");
  add("greedy", 20, "greedy 3");
  expect(ended).toEqual([]);
  add("calm", 15, "calm 2");
  expect(ended).toEqual(["greedy 1"]);
  add("greedy", 20, "greedy 4");
  expect(ended).toEqual(["greedy 1", "greedy 2"]);
});

it("counts no answer that was read", () => {
  const { ended, add } = remembered();
  for (let index = 0; index < 1_000; index += 1) {
    add("a", 60, `${index}`)();
  }
  expect(ended).toEqual([]);
});

it("ends an answer that is too large by itself, and each but once", () => {
  const { ended, add } = remembered();
  const forget = add("a", 101, "large");
  forget();
  forget();
  add("a", 100, "fits");
  expect(ended).toEqual(["large"]);
});
