import { readdir, readlink, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { failure, systemErrorCode } from "./errors.ts";
import { processIdentity } from "./processes.ts";

export interface FolderLock {
  release(): Promise<void>;
}

/*
 * The lock is a symbolic link `lock.<n>` whose target names the owner: a link is made with its content in one step, and
 * only when it is not there yet. The highest n counts. A dead owner's lock is not removed but succeeded by `lock.<n+1>`:
 * to remove a stale lock and then make one's own is two steps, and a second contender who had judged the same stale lock
 * would remove the first one's new lock. The highest number is never removed, so numbers never begin again.
 */
const LOCK_NAME = /^lock\.(\d+)$/;
const OWNER = /^process (\d+) (.+)$/;
const RELEASED = "released";

/** Whether this name in a data folder is a lock's. */
export const isLockName = (name: string) => LOCK_NAME.test(name);

/**
 * Takes the folder for this process, until release or the end of the process (a killed process holds nothing).
 * Throws `embedded_postgres_folder_in_use` when another live process, or another part of this one, holds it.
 * Holds between processes that see each other: not between machines, or containers, that share the folder.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const owner = `process ${process.pid} ${await processIdentity(process.pid)}`;
  for (;;) {
    const highest = (await generations(folder)).at(-1) ?? 0;
    const holder = await liveOwner(lockPath(folder, highest));
    if (holder !== undefined) {
      throw failure.folderInUse(folder, holder);
    }

    const mine = highest + 1;
    if ((await makeLink(owner, lockPath(folder, mine))) && (await isHighest(folder, mine))) {
      await removeBelow(folder, mine);
      return { release: () => release(folder, mine) };
    }
  }
}

async function release(folder: string, mine: number): Promise<void> {
  await makeLink(RELEASED, lockPath(folder, mine + 1));
  await removeBelow(folder, mine + 1);
}

const lockPath = (folder: string, generation: number) => join(folder, `lock.${generation}`);

async function generations(folder: string): Promise<number[]> {
  const names = await readdir(folder);
  return names
    .flatMap((name) => LOCK_NAME.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

/** A slow contender may make a number that others have passed, and removed, meanwhile: that one does not count. */
async function isHighest(folder: string, mine: number): Promise<boolean> {
  if ((await generations(folder)).at(-1) === mine) {
    return true;
  }
  await rm(lockPath(folder, mine), { force: true });
  return false;
}

async function removeBelow(folder: string, generation: number): Promise<void> {
  for (const n of await generations(folder)) {
    if (n < generation) {
      await rm(lockPath(folder, n), { force: true });
    }
  }
}

async function liveOwner(path: string): Promise<number | undefined> {
  const target = await readlink(path).catch((error: unknown) => {
    if (systemErrorCode(error) === "ENOENT") {
      return RELEASED;
    }
    throw error;
  });
  const [, pid, identity] = OWNER.exec(target) ?? [];
  if (pid === undefined) {
    return undefined;
  }
  const current = await processIdentity(Number(pid));
  return current === identity || current === "unknown" ? Number(pid) : undefined;
}

/** False when the name is taken. */
async function makeLink(target: string, path: string): Promise<boolean> {
  try {
    await symlink(target, path);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === "EEXIST") {
      return false;
    }
    throw error;
  }
}
