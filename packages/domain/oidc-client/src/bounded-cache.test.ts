import { expect, it } from "vitest";
import { BoundedCache } from "./bounded-cache.ts";

const newCache = () => new BoundedCache<string>({ entries: 3, bytes: 100 });

it("keeps a value until its time", () => {
  const cache = newCache();
  cache.set("a", "A", 10, 0);
  expect([cache.get("a", 9), cache.get("a", 10), cache.get("b", 0)]).toEqual(["A", undefined, undefined]);
});

it("lets the oldest go beyond its number, and whatever has had its time", () => {
  const cache = newCache();
  for (const key of ["a", "b", "c", "d"]) {
    cache.set(key, key, 10, 0);
  }
  expect(["a", "b", "c", "d"].map((key) => cache.get(key, 0))).toEqual([undefined, "b", "c", "d"]);
  cache.set("e", "e", 20, 10);
  expect(["b", "c", "d", "e"].map((key) => cache.get(key, 0))).toEqual([
    undefined,
    undefined,
    undefined,
    "e",
  ]);
});

it("lets the largest go beyond its bytes, as they are by now", () => {
  const cache = newCache();
  for (const key of ["a", "b", "c"]) {
    cache.set(key, key, 10, 0);
    cache.resize(key, key, 30);
  }
  cache.resize("b", "b", 20);
  cache.resize("b", "b", 40);
  expect(["a", "b", "c"].map((key) => cache.get(key, 0))).toEqual(["a", "b", "c"]);
  cache.resize("b", "b", 41);
  expect(["a", "b", "c"].map((key) => cache.get(key, 0))).toEqual(["a", undefined, "c"]);
  cache.set("b", "anew", 10, 0);
  cache.resize("b", "b", 90); // another one's
  cache.delete("b", "b");
  expect(["a", "b", "c"].map((key) => cache.get(key, 0))).toEqual(["a", "anew", "c"]);
});
