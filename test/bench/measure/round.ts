import type { Workload } from "../scenario.ts";
import type { Load } from "./load.ts";
import { median, percentile } from "./statistics.ts";
import { startUsage } from "./usage.ts";

/** Latencies in milliseconds, CPU times in milliseconds per operation. */
export interface RoundResult {
  readonly operations: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly nodeCpuMs: number;
  readonly databaseCpuMs: number;
  readonly clientCpuMs: number;
  readonly transactions: number;
  /** What the workload told of the round. Seconds. */
  readonly times: Readonly<Record<string, number>>;
}

export async function measureRound(workload: Workload, load: Load): Promise<RoundResult> {
  const endUsage = await startUsage(workload.measured);
  const start = performance.now();
  await workload.round(load);
  const seconds = (performance.now() - start) / 1000;
  await workload.settle?.();
  const usage = await endUsage();

  const { latencies, times } = load.record();
  const operations = latencies.length;
  const each = (total: number) => (operations === 0 ? 0 : total / operations);
  return {
    operations,
    perSecond: operations / seconds,
    p50: percentile(latencies, 50),
    p95: percentile(latencies, 95),
    p99: percentile(latencies, 99),
    nodeCpuMs: each(usage.nodeCpuMs),
    databaseCpuMs: each(usage.databaseCpuMs),
    clientCpuMs: each(usage.clientCpuMs),
    transactions: each(usage.transactions),
    times,
  };
}

/** Each figure's median. */
export function medianRound(rounds: readonly RoundResult[]): RoundResult {
  const of = (figure: (round: RoundResult) => number) => median(rounds.map(figure));
  const names = Object.keys(rounds[0]?.times ?? {});
  return {
    operations: of((round) => round.operations),
    perSecond: of((round) => round.perSecond),
    p50: of((round) => round.p50),
    p95: of((round) => round.p95),
    p99: of((round) => round.p99),
    nodeCpuMs: of((round) => round.nodeCpuMs),
    databaseCpuMs: of((round) => round.databaseCpuMs),
    clientCpuMs: of((round) => round.clientCpuMs),
    transactions: of((round) => round.transactions),
    times: Object.fromEntries(names.map((name) => [name, of((round) => round.times[name] ?? 0)])),
  };
}
