import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { eventsMarkdown } from "./markdown.ts";

it("is what docs/events.md says; `npm run docs:events` writes it anew", async () => {
  const written = await readFile(join(import.meta.dirname, "../../../../../docs/events.md"), "utf8");
  expect(written).toBe(eventsMarkdown());
});
