import { expect, it } from "vitest";
import { slugOf } from "./slug.ts";

it.each([
  ["Müller & Söhne AG", "muller-sohne-ag"],
  ["  Acme, Inc. ", "acme-inc"],
  ["株式会社", ""],
  [`${"a".repeat(62)} b`, "a".repeat(62)],
])("suggests for %s the slug %s", (name, slug) => {
  expect(slugOf(name)).toBe(slug);
});
