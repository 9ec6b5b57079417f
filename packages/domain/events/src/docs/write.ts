// Writes docs/events.md. Usage: npm run docs:events
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { eventsMarkdown } from "./markdown.ts";

await writeFile(join(import.meta.dirname, "../../../../../docs/events.md"), eventsMarkdown());
