import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { compatibilityMarkdown } from "./markdown.ts";

it("is written down as the fixtures have it: npm run docs:compatibility", async () => {
  const written = await readFile(new URL("../../docs/compatibility.md", import.meta.url), "utf8");
  expect(written).toBe(await compatibilityMarkdown());
});
