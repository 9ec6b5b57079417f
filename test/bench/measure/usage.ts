import type { World } from "../world/world.ts";
import { postgresCpuMs, processCpuMs } from "./processes.ts";

/** What a stretch of work cost. CPU times in milliseconds. */
export interface Usage {
  readonly gatewayCpuMs: number;
  readonly databaseCpuMs: number;
  /** Of this process: it shares the machine with what it measures. */
  readonly clientCpuMs: number;
  readonly transactions: number;
}

/** Starts to measure; the result ends it. */
export async function startUsage(world: World): Promise<() => Promise<Usage>> {
  const before = await readUsage(world);
  return async () => {
    const after = await readUsage(world);
    return {
      gatewayCpuMs: after.gatewayCpuMs - before.gatewayCpuMs,
      databaseCpuMs: after.databaseCpuMs - before.databaseCpuMs,
      clientCpuMs: after.clientCpuMs - before.clientCpuMs,
      transactions: after.transactions - before.transactions,
    };
  };
}

async function readUsage(world: World): Promise<Usage> {
  const transactions = await world.database.transactions();
  const [gatewayCpuMs, databaseCpuMs] = await Promise.all([
    processCpuMs(world.gateway.pid),
    postgresCpuMs(world.database.folder),
  ]);
  const own = process.cpuUsage();
  return { gatewayCpuMs, databaseCpuMs, clientCpuMs: (own.user + own.system) / 1000, transactions };
}
