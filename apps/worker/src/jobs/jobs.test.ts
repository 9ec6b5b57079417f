import { readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { JOBS, LOOPS } from "./index.ts";

it("lists the job of every folder that declares one", async () => {
  const folders = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" });
  const files = folders.filter((file) => /^[a-z-]+\/job\.ts$/.test(file));
  const declared = await Promise.all(
    files.map(async (file) => Object.values(await import(new URL(file, import.meta.url).href))),
  );
  expect(files.length).toBeGreaterThan(0);
  expect(new Set(declared.flat())).toEqual(new Set([...JOBS, ...LOOPS]));
});

it("keeps the names that the store and the metrics know", () => {
  expect(JOBS.map(({ name, queue = name }) => `${queue}/${name}`)).toEqual([
    "reconcile/reconcile",
    "logout/logout",
    "metadata/metadata",
    "domains/domains",
    "maintenance/sweep",
    "maintenance/purge",
    "maintenance/expiry",
    "maintenance/reseal",
    "maintenance/deleted-organizations",
    "audit-verification/audit-verification",
    "audit-verification-by-clock/audit-verification-by-clock",
    "erase/erase",
  ]);
});
