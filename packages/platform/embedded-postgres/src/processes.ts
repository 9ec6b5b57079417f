import { execFile } from "node:child_process";
import { readdir, readFile, readlink } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { systemErrorCode } from "./errors.ts";

const POLL_MS = 20;
const hasProc = process.platform === "linux";

/**
 * Names one run of a process. A pid alone does not: pids are used again, after a reboot even the same ones at the same
 * uptime. Undefined when no such process runs (a zombie does not run). "unknown" when it runs but may not be looked at.
 */
export async function processIdentity(pid: number): Promise<string | undefined> {
  if (!exists(pid)) {
    return undefined;
  }
  if (!hasProc) {
    return (await ps(pid, "lstart=")) ?? unseen(pid);
  }
  const [stat, boot] = await Promise.all([
    readIfThere(`/proc/${pid}/stat`),
    readIfThere("/proc/sys/kernel/random/boot_id"),
  ]);
  if (stat === undefined) {
    return unseen(pid);
  }
  // proc(5): the second field, the name in parentheses, may itself hold spaces and parentheses; fields 3 and 22 follow.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state, startTicks] = [fields[0], fields[19]];
  return state === "Z" || state === "X" ? undefined : `${boot?.trim() ?? ""}/${startTicks}`;
}

/** Whether the process is a PostgreSQL server that was started on this data folder, not another one with a reused pid. */
export async function isPostmasterOf(pid: number, dataFolder: string): Promise<boolean> {
  if (!hasProc) {
    return (await ps(pid, "command="))?.includes(`postgres -D ${dataFolder} `) ?? false;
  }
  const [program = "", ...args] = ((await readIfThere(`/proc/${pid}/cmdline`)) ?? "").split("\0");
  return program.endsWith("postgres") && args.includes(dataFolder);
}

/**
 * The PostgreSQL processes that work in this data folder: it is the working directory of each. Empty where the system has
 * no /proc; there, PostgreSQL itself refuses to start beside them.
 */
export async function processesWorkingIn(dataFolder: string): Promise<number[]> {
  if (!hasProc) {
    return [];
  }
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const matches = await Promise.all(pids.map((pid) => worksIn(pid, dataFolder)));
  return pids.filter((_, index) => matches[index]);
}

/** The name matters, too: a shell that someone opened in the folder is not one of ours. */
async function worksIn(pid: number, dataFolder: string): Promise<boolean> {
  // The links of other users' processes may not be read; those are not ours to stop either.
  const folder = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  return folder === dataFolder && (await readIfThere(`/proc/${pid}/comm`))?.trim() === "postgres";
}

/** Sends the signal; false when the process is gone. Throws EPERM when it belongs to another user. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch (error) {
    if (systemErrorCode(error) === "ESRCH") {
      return false;
    }
    throw error;
  }
}

/** Waits until the condition holds; false when it does not within `timeoutMs`. */
export async function until(condition: () => Promise<boolean>, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline) {
      return false;
    }
    await sleep(POLL_MS);
  }
  return true;
}

const unseen = (pid: number) => (exists(pid) ? "unknown" : undefined);

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return systemErrorCode(error) === "EPERM";
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  // A process may end between any two looks at it (ENOENT, ESRCH), and hidepid mounts hide those of others.
  return readFile(path, "utf8").catch(() => undefined);
}

async function ps(pid: number, column: string): Promise<string | undefined> {
  const answer = await promisify(execFile)("ps", ["-ww", "-o", column, "-p", String(pid)]).catch(
    () => undefined,
  );
  return answer?.stdout.trim() || undefined;
}
