import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { EmbeddedPostgresError } from "./errors.ts";
import { type FolderLock, lockFolder } from "./lock.ts";
import { processIdentity } from "./processes.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "embedded-postgres-lock-"));
});
afterEach(() => rm(folder, { recursive: true }));

const inUse = (pid: number) => ({
  code: "embedded_postgres_folder_in_use",
  message: expect.stringMatching(new RegExp(`${folder} is in use by process ${pid}\\b.*DATA_DIR`)),
});

it("is held until release, and then free again", async () => {
  const lock = await lockFolder(folder);
  await expect(lockFolder(folder)).rejects.toMatchObject(inUse(process.pid));
  await lock.release();
  const next = await lockFolder(folder);
  await next.release();
  expect(await readdir(folder)).toHaveLength(1);
});

it("falls to the next one when the owner was killed", async () => {
  const owner = spawn("sleep", ["60"]);
  const identity = await processIdentity(owner.pid ?? 0);
  await symlink(`process ${owner.pid} ${identity}`, join(folder, "lock.7"));
  await expect(lockFolder(folder)).rejects.toMatchObject(inUse(owner.pid ?? 0));
  owner.kill("SIGKILL");
  await once(owner, "exit");
  await (await lockFolder(folder)).release();
});

it("is not held by another process that has the dead owner's pid now", async () => {
  await symlink(`process ${process.pid} of-another-boot/12345`, join(folder, "lock.1"));
  await (await lockFolder(folder)).release();
});

it("has one winner when many find the same stale lock", async () => {
  for (let round = 0; round < 30; round++) {
    await symlink("process 1 of-another-boot/1", join(folder, `lock.${1000 * (round + 1)}`));
    const attempts = await Promise.allSettled(Array.from({ length: 20 }, () => lockFolder(folder)));
    const winners = attempts.flatMap((a): FolderLock[] => (a.status === "fulfilled" ? [a.value] : []));
    const losers = attempts.flatMap((a): unknown[] => (a.status === "rejected" ? [a.reason] : []));
    expect(winners).toHaveLength(1);
    for (const reason of losers) {
      expect(reason).toBeInstanceOf(EmbeddedPostgresError);
    }
    await winners[0]?.release();
  }
});
