import { expect, it } from "vitest";
import { groupPath } from "./group-path.ts";

const nestings = [
  { member: "team", group: "department" },
  { member: "department", group: "company" },
  { member: "company", group: "team" }, // in a circle
  { member: "team", group: "guild" },
  { member: "guild", group: "company" },
  { member: "company", group: "everybody" },
];

it.each([
  ["team", "team", ["team"]],
  ["team", "guild", ["team", "guild"]],
  ["team", "everybody", ["team", "department", "company", "everybody"]],
  ["everybody", "team", null],
  ["unknown", "team", null],
])("finds the shortest way from %s up to %s", (from, to, path) => {
  expect(groupPath(from, to, nestings)).toEqual(path);
});
