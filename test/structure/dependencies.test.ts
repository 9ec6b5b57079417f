import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { z } from "zod";

// npm links every package of ours into one node_modules, so an import that no package.json names works until turbo builds in
// another order. Here each import of ours must be named by the package that makes it.

const ROOT = new URL("../../", import.meta.url);
const FOLDERS = ["apps/", "packages/domain/", "packages/platform/", "packages/protocols/"];
const IMPORT = /(?:from|import\()\s*"(@sallyport\/[a-z-]+)/g;

const manifest = z.object({
  name: z.string(),
  dependencies: z.record(z.string(), z.string()).default({}),
  devDependencies: z.record(z.string(), z.string()).default({}),
});

async function packageFolders(): Promise<URL[]> {
  const found: URL[] = [];
  for (const folder of FOLDERS) {
    for (const entry of await readdir(new URL(folder, ROOT), { withFileTypes: true })) {
      const url = new URL(`${folder}${entry.name}/`, ROOT);
      if (existsSync(new URL("package.json", url))) {
        found.push(url);
      }
    }
  }
  return found;
}

/** The package's imports of ours that its package.json does not name. */
async function unnamedImports(folder: URL): Promise<string[]> {
  const text = await readFile(new URL("package.json", folder), "utf8");
  const { name, dependencies, devDependencies } = manifest.parse(JSON.parse(text));
  const named = new Set([name, ...Object.keys(dependencies), ...Object.keys(devDependencies)]);
  const unnamed = new Set<string>();
  for (const file of await readdir(new URL("src/", folder), { recursive: true })) {
    if (!/\.tsx?$/.test(file)) {
      continue;
    }
    const source = await readFile(new URL(`src/${file}`, folder), "utf8");
    for (const [, imported = ""] of source.matchAll(IMPORT)) {
      if (!named.has(imported)) {
        unnamed.add(`${name} → ${imported}`);
      }
    }
  }
  return [...unnamed];
}

it("has every import of ours named in the importing package's package.json", async () => {
  const folders = await packageFolders();
  expect(folders.length).toBeGreaterThan(20);
  expect((await Promise.all(folders.map(unnamedImports))).flat()).toEqual([]);
});
