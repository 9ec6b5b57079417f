import { randomUUID } from "node:crypto";
import { link, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { failure, systemErrorCode } from "./errors.ts";
import { processIdentity } from "./processes.ts";

export interface FolderLock {
  release(): Promise<void>;
}

/*
 * The lock is a file `lock.<n>` that names its owner; the highest n counts. A dead owner's lock is not removed but
 * succeeded by `lock.<n+1>`: to remove a stale file and then create one's own is two steps, and a second contender who
 * judged the same stale file would remove the first one's new lock between them. Creating a given n succeeds only once.
 */
const LOCK_NAME = /^lock\.(\d+)$/;

/**
 * Takes the folder for this process, until release or the end of the process (a killed process holds nothing).
 * Throws `embedded_postgres_folder_in_use` when another live process, or another part of this one, holds it.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const content = `${process.pid}\n${await processIdentity(process.pid)}\n`;
  for (;;) {
    const highest = (await generations(folder)).at(-1) ?? 0;
    const owner = await liveOwner(lockPath(folder, highest));
    if (owner !== undefined) throw failure.folderInUse(folder, owner);

    const mine = highest + 1;
    if (!(await createWhole(folder, lockPath(folder, mine), content))) continue;
    const all = await generations(folder);
    // Slow contenders may create a number that others have passed and cleaned up meanwhile: that one does not count.
    if (all.at(-1) !== mine) {
      await rm(lockPath(folder, mine), { force: true });
      continue;
    }
    await Promise.all(all.filter((n) => n < mine).map((n) => rm(lockPath(folder, n), { force: true })));
    return { release: () => replaceWhole(folder, lockPath(folder, mine), "released\n") };
  }
}

/** Removes the lock files of a folder that nobody will use again. */
export async function removeLock(folder: string): Promise<void> {
  for (const n of await generations(folder)) await rm(lockPath(folder, n), { force: true });
}

const lockPath = (folder: string, generation: number) => join(folder, `lock.${generation}`);

async function generations(folder: string): Promise<number[]> {
  const names = await readdir(folder);
  return names
    .flatMap((name) => LOCK_NAME.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

async function liveOwner(path: string): Promise<number | undefined> {
  const content = await readFile(path, "utf8").catch((error: unknown) => {
    if (systemErrorCode(error) === "ENOENT") return "";
    throw error;
  });
  const [pid, identity] = content.split("\n");
  if (!pid || !/^\d+$/.test(pid)) return undefined;
  const current = await processIdentity(Number(pid));
  return current === identity || current === "unknown" ? Number(pid) : undefined;
}

/** Creates the file with all of its content or not at all; false when it exists already. */
async function createWhole(folder: string, path: string, content: string): Promise<boolean> {
  const draft = await writeDraft(folder, content);
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === "EEXIST") return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function replaceWhole(folder: string, path: string, content: string): Promise<void> {
  await rename(await writeDraft(folder, content), path);
}

async function writeDraft(folder: string, content: string): Promise<string> {
  const draft = join(folder, `draft.${randomUUID()}`);
  await writeFile(draft, content);
  return draft;
}
