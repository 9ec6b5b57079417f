import { chmod, chown, mkdir, mkdtemp, readFile, readlink, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { completeBinaries } from "./binaries.ts";

const isRoot = process.getuid?.() === 0;
let folder: string;
let packageRoot: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "embedded-postgres-binaries-"));
  packageRoot = join(folder, "package");
  await mkdir(join(packageRoot, "native", "lib"), { recursive: true });
  await writeFile(join(packageRoot, "native", "lib", "libpq.so.5.18"), "library");
  const links = ["libpq.so", "libpq.so.5"].map((name) => ({
    source: "native/lib/libpq.so.5.18",
    target: `native/lib/${name}`,
  }));
  await writeFile(join(packageRoot, "native", "pg-symlinks.json"), JSON.stringify(links));
});
afterEach(() => rm(folder, { recursive: true }));

const find = () => completeBinaries({ root: packageRoot, version: "18.4.0" }, join(folder, "data"));
const library = (root: string) => readFile(join(root, "native", "lib", "libpq.so.5"), "utf8");

it("makes the links that the package lists, by any number of processes at once and again later", async () => {
  await Promise.all(Array.from({ length: 10 }, find));
  expect((await find()).postgres).toBe(join(packageRoot, "native", "bin", "postgres"));
  expect(await readlink(join(packageRoot, "native", "lib", "libpq.so"))).toBe("libpq.so.5.18");
  expect(await library(packageRoot)).toBe("library");
});

describe("in a package that may not be written to", () => {
  beforeEach(async () => {
    await mkdir(join(folder, "data"));
  });

  /** Root may write everywhere, so as root this test acts as another user. */
  async function readOnly<T>(action: () => Promise<T>): Promise<T> {
    await chmod(join(packageRoot, "native", "lib"), 0o555);
    if (isRoot) {
      await chown(join(folder, "data"), 65534, 65534);
    }
    if (isRoot) {
      await chmod(folder, 0o755);
    }
    if (isRoot) {
      process.seteuid?.(65534);
    }
    try {
      return await action();
    } finally {
      if (isRoot) {
        process.seteuid?.(0);
      }
      await chmod(join(packageRoot, "native", "lib"), 0o755);
    }
  }

  it("takes it as it is when the links are there", async () => {
    await find();
    expect((await readOnly(find)).postgres).toBe(join(packageRoot, "native", "bin", "postgres"));
  });

  it("works on a copy when they are not, made once", async () => {
    const copy = join(folder, "data", "postgresql-18.4.0");
    expect((await readOnly(find)).postgres).toBe(join(copy, "native", "bin", "postgres"));
    expect(await library(copy)).toBe("library");
    const { ino } = await stat(join(copy, "native"));
    await readOnly(find);
    expect((await stat(join(copy, "native"))).ino).toBe(ino);
  });
});
