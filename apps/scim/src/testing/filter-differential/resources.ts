import type { Json } from "../../protocol/json.ts";

const NAMES = ["ada", "B", undefined];
const AGES = [5, 41, undefined];
const EMAILS = [
  [],
  [{ type: "work", value: "a@x", primary: true }],
  [
    { type: "work", value: "B" },
    { type: "home", value: "a@x" },
  ],
];

/** Users that differ in what the generated filters ask of: each combination once. */
export const RESOURCES: readonly Json[] = NAMES.flatMap((userName) =>
  AGES.flatMap((age) =>
    EMAILS.map((emails) => ({
      ...(userName === undefined ? {} : { userName, name: { givenName: userName.toUpperCase() } }),
      ...(age === undefined ? {} : { age, title: age === 5 ? "work" : "home" }),
      active: userName === "ada",
      emails,
    })),
  ),
);
