import { expect, it } from "vitest";
import { difference } from "./difference.ts";

it("names what changed, by value, and nothing else", () => {
  const before = { name: "Acme", tags: ["a", "b"], url: null, count: 1 };
  expect(difference(before, { ...before, tags: ["a", "b"] })).toBeNull();
  expect(difference<object>(before, { ...before, tags: ["b"], url: "https://acme.example" })).toEqual({
    before: { tags: ["a", "b"], url: null },
    after: { tags: ["b"], url: "https://acme.example" },
  });
});
