import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));

/** The code of every app and package, without tests. */
async function sources(): Promise<string[]> {
  const manifest = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as { workspaces: string[] };
  const groups = manifest.workspaces.filter((pattern) => pattern.endsWith("/*"));
  const apps = await Promise.all(
    groups.map(async (pattern) => {
      const group = join(ROOT, pattern.slice(0, -2));
      return (await readdir(group)).map((name) => join(group, name, "src")).filter((src) => existsSync(src));
    }),
  );
  const files = await Promise.all(
    apps
      .flat()
      .map(async (folder) =>
        (await readdir(folder, { recursive: true }))
          .filter((name) => /\.tsx?$/.test(name) && !/\.test\.ts$|testing\/|generated\//.test(name))
          .map((name) => join(folder, name)),
      ),
  );
  return files.flat();
}

it("whatever is sealed is sealed for a place of the list, so that it is sealed anew when a key retires", async () => {
  const calls: string[] = [];
  for (const file of await sources()) {
    const text = await readFile(file, "utf8");
    for (const [call] of text.matchAll(/\.seal\([^;]*?;/g)) {
      calls.push(`${file}: ${call}`);
    }
  }
  // What is typed by the list: see `sealContext`. The two others are such a context under a name. STATE_CONTEXT is of what a
  // browser carries for half an hour, and nothing stores.
  const listed = /sealContext\(|clientSecretContext\(|SEAL_CONTEXT|STATE_CONTEXT|\.seal\(secrets\.open\(/;
  expect(calls.length).toBeGreaterThanOrEqual(5);
  expect(calls.filter((call) => !listed.test(call))).toEqual([]);
});
