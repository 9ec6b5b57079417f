import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { makeDataFolder, openPrivateFile } from "./data-folder.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sallyport-data-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const modeOf = (path: string) => statSync(path).mode & 0o777;

it("is closed to others", () => {
  makeDataFolder(join(folder, ".data"));
  expect(modeOf(join(folder, ".data")) & 0o066).toBe(0);
});

it("keeps the mode of a folder that is there", () => {
  chmodSync(folder, 0o755);
  makeDataFolder(folder);
  expect(modeOf(folder)).toBe(0o755);
});

it("has files that only their owner reads, new ones and old ones", () => {
  const [fresh, old] = [join(folder, "new", "gateway.log"), join(folder, "gateway.log")];
  writeFileSync(old, "before\n", { mode: 0o644 });
  for (const path of [fresh, old]) {
    writeSync(openPrivateFile(path), "line\n");
  }
  expect([modeOf(fresh), modeOf(old)]).toEqual([0o600, 0o600]);
  expect(statSync(old).size).toBe("before\nline\n".length);
});
