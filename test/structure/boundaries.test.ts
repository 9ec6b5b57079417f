import { readdir, readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { z } from "zod";

// Biome holds who may import whom (biome.json, `npm run lint`). It knows packages by their names: here, that it knows all.

const ROOT = new URL("../../", import.meta.url);

const configuration = z.object({
  overrides: z.array(
    z.object({
      includes: z.array(z.string()),
      linter: z.object({
        rules: z.object({
          style: z.object({
            noRestrictedImports: z.object({
              level: z.literal("error"),
              options: z.object({ patterns: z.array(z.object({ group: z.array(z.string()) })) }),
            }),
          }),
        }),
      }),
    }),
  ),
});

async function restricted(folder: string): Promise<string[]> {
  const text = await readFile(new URL("biome.json", ROOT), "utf8");
  const { overrides } = configuration.parse(JSON.parse(text));
  const rule = overrides.find(({ includes }) => includes.includes(folder));
  return rule?.linter.rules.style.noRestrictedImports.options.patterns.flatMap(({ group }) => group) ?? [];
}

/** The names of the packages in a folder. */
async function namesIn(folder: string): Promise<string[]> {
  const entries = await readdir(new URL(folder, ROOT), { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => `@sallyport/${name}`);
  expect(names.length).toBeGreaterThan(0);
  return names;
}

it("keeps every app from every other, but for the gateway", async () => {
  const apps = await namesIn("apps");
  for (const name of apps) {
    if (name === "@sallyport/gateway") {
      continue;
    }
    expect(await restricted(`apps/${name.slice("@sallyport/".length)}/**`)).toEqual(
      expect.arrayContaining(apps),
    );
  }
  expect(await restricted("packages/domain/**")).toEqual(expect.arrayContaining(apps));
});

it("keeps the domain from HTTP and the queue, the platform from the domain, and protocols from all of ours", async () => {
  expect(await restricted("packages/domain/**")).toEqual(
    expect.arrayContaining(["express", "bullmq", "ioredis"]),
  );
  expect(await restricted("packages/platform/**")).toEqual(
    expect.arrayContaining(await namesIn("packages/domain")),
  );
  expect(await restricted("packages/protocols/**")).toEqual(["@sallyport/*"]);
});
