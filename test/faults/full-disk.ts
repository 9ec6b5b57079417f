import { execFileSync, spawnSync } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { OwnPostgres } from "@sallyport/database/testing";

/** Whether a process's limits can be set from outside (util-linux). */
export const canFillDisks = process.platform === "linux" && spawnSync("prlimit", ["--version"]).status === 0;

/**
 * Has no process of a PostgreSQL write another byte to any file, as where its disk is full: none has to be filled, and
 * nobody needs the right to mount one. It then ends itself, since what it cannot log it cannot do.
 */
export async function fillDisk(postgres: OwnPostgres): Promise<void> {
  const server = await serverOf(postgres.dataDir);
  for (const pid of [server, ...(await childrenOf(server))]) {
    try {
      execFileSync("prlimit", ["--pid", pid, "--fsize=0:"], { stdio: "ignore" });
    } catch {
      // A process that has ended meanwhile writes nothing either.
    }
  }
}

async function serverOf(folder: string): Promise<string> {
  for (const entry of await readdir(folder, { recursive: true })) {
    if (entry.endsWith("postmaster.pid")) {
      return (await readFile(join(folder, entry), "utf8")).split("\n")[0] ?? "";
    }
  }
  throw new Error(`no PostgreSQL runs in ${folder}`);
}

async function childrenOf(server: string): Promise<string[]> {
  const processes = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const parents = await Promise.all(
    processes.map(async (pid) => {
      // "pid (command) state ppid …", where the command may hold anything.
      const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
      return [pid, stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]] as const;
    }),
  );
  return parents.flatMap(([pid, parent]) => (parent === server ? [pid] : []));
}
