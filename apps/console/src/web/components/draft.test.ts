import { expect, it } from "vitest";
import { ApiProblem } from "../api/client.ts";
import { changesOf, fieldError, unshownError } from "./draft.ts";

it("saves what differs from what is stored, and nothing else", () => {
  const stored = { name: "Acme", intents: ["sso"], days: 30 };
  expect(changesOf(stored, { name: "Acme", intents: ["sso"], days: 31 })).toEqual({ days: 31 });
  expect(changesOf(stored, {})).toEqual({});
});

it("shows at its field what the gateway said of it, and the rest above the form", () => {
  const problem = (...fields: string[]) =>
    new ApiProblem(400, {
      code: "input_invalid",
      errors: fields.map((field) => ({ field, message: `${field}!` })),
    });
  expect(fieldError(problem("domains.1"), "domains")).toBe("domains.1!");
  expect(fieldError(problem("name"), "domains")).toBeUndefined();
  expect(unshownError(problem("name", "domains.0"), ["name", "domains"])).toBeNull();
  const other = problem("name", "expectedLockedOut");
  expect(unshownError(other, ["name"])).toBe(other);
  const conflict = new ApiProblem(409, { code: "slug_taken", detail: "Taken." });
  expect(unshownError(conflict, ["slug"])).toBe(conflict);
});
