// Writes the types of the management API from the document that it serves.
import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import openapiTypes, { astToString } from "openapi-typescript";

const print = fileURLToPath(new URL("../../management/dist/print-openapi.js", import.meta.url));
const document = JSON.parse(
  execFileSync(process.execPath, [print], { encoding: "utf8", maxBuffer: 16 * 1024 * 1024 }),
);
const types = astToString(await openapiTypes(document, { defaultNonNullable: false }));
await writeFile(new URL("../src/web/api/schema.d.ts", import.meta.url), types);
