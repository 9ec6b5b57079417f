import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { z } from "zod";

const axeFile = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

const result = z.object({
  violations: z.array(z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string() })) })),
});

/** What axe finds wrong with a page: each rule with the first element that breaks it. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(await readFile(axeFile, "utf8"));
  const found = await page.evaluate("axe.run(document, { resultTypes: ['violations'] })");
  return result.parse(found).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ""}`);
}
