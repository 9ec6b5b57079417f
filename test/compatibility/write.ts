// Writes docs/compatibility.md. Usage: npm run docs:compatibility
import { writeFile } from "node:fs/promises";
import { compatibilityMarkdown } from "./markdown.ts";

await writeFile(new URL("../../docs/compatibility.md", import.meta.url), await compatibilityMarkdown());
