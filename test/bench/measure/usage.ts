import type { Measured } from "../scenario.ts";
import { processCpuMs } from "./processes.ts";

/** What a stretch of work cost. CPU times in milliseconds. */
export interface Usage {
  readonly nodeCpuMs: number;
  readonly databaseCpuMs: number;
  /** Of this process: it shares the machine with what it measures. */
  readonly clientCpuMs: number;
  readonly transactions: number;
}

/** Starts to measure; the result ends it. */
export async function startUsage(measured: Measured): Promise<() => Promise<Usage>> {
  const before = await readUsage(measured);
  return async () => {
    const after = await readUsage(measured);
    return {
      nodeCpuMs: after.nodeCpuMs - before.nodeCpuMs,
      databaseCpuMs: after.databaseCpuMs - before.databaseCpuMs,
      clientCpuMs: after.clientCpuMs - before.clientCpuMs,
      transactions: after.transactions - before.transactions,
    };
  };
}

async function readUsage({ pid, database }: Measured): Promise<Usage> {
  const transactions = (await database?.transactions()) ?? 0;
  const databaseCpuMs = (await database?.cpuMs()) ?? 0;
  const own = process.cpuUsage();
  // What is measured in this process is no client's time.
  const clientCpuMs = pid === process.pid ? 0 : (own.user + own.system) / 1000;
  return { nodeCpuMs: await processCpuMs(pid), databaseCpuMs, clientCpuMs, transactions };
}
