import { expect, it } from "vitest";
import { parseSearch, searchParams, stringifySearch } from "./search-params.ts";

it("keeps what an address holds as text, whatever it looks like", () => {
  const search = { email: "1", status: "true", cursor: "a+b/c=" };
  expect(parseSearch(stringifySearch(search))).toEqual(search);
  expect(stringifySearch({ cursor: undefined })).toBe("");
});

it("drops what a route does not know", () => {
  expect(searchParams("cursor", "status")({ cursor: "x", status: "", other: "y" })).toEqual({ cursor: "x" });
});
