import { readFile, writeFile } from "node:fs/promises";
import { postgresBelow } from "../../harness/process.ts";

/** Linux counts a process' CPU time in USER_HZ, which is 100 on every platform that Node runs on. */
const TICK_MS = 10;
/** Of /proc/<pid>/stat, counted from behind the name: proc_pid_stat(5) numbers them 14 to 17. */
const UTIME = 11;

/** CPU time of a process so far, in user and kernel mode, without its children. Milliseconds. */
export async function processCpuMs(pid: number): Promise<number> {
  const [user = 0, system = 0] = await cpuTicks(pid);
  return (user + system) * TICK_MS;
}

/** CPU time so far of the PostgreSQL whose data lies below `folder`, also of backends that have ended. Milliseconds. */
export async function postgresCpuMs(folder: string): Promise<number> {
  const pids = await postgresBelow(folder);
  const ticks = await Promise.all(
    // One that ends meanwhile is in its parent's count from then on.
    pids.map((pid) => cpuTicks(pid).catch(() => [])),
  );
  return sum(ticks.flat()) * TICK_MS;
}

/** utime, stime, and the same of children that have ended. */
async function cpuTicks(pid: number): Promise<number[]> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  // The name, in parentheses, may hold anything.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields.slice(UTIME, UTIME + 4).map(Number);
}

export interface Memory {
  readonly rssMb: number;
  readonly peakMb: number;
}

/** Resident memory, now and the most since `resetPeakMemory`. */
export async function processMemory(pid: number): Promise<Memory> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const megabytes = (field: string) =>
    Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(status)?.[1]) / 1024;
  return { rssMb: megabytes("VmRSS"), peakMb: megabytes("VmHWM") };
}

/** Forgets the peak of a process' memory (proc_pid_clear_refs(5), value 5). */
export async function resetPeakMemory(pid: number): Promise<void> {
  await writeFile(`/proc/${pid}/clear_refs`, "5");
}

/** Stops a process where it stands; the result lets it go on. */
export function pauseProcess(pid: number): () => void {
  process.kill(pid, "SIGSTOP");
  return () => void process.kill(pid, "SIGCONT");
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
