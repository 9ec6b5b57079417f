import type { Scenario, Workload } from "../scenario.ts";
import type { StatementCount } from "../world/database.ts";
import type { World } from "../world/world.ts";
import { Load } from "./load.ts";
import { type Memory, processMemory, resetPeakMemory } from "./processes.ts";
import { median, percentile } from "./statistics.ts";
import { startUsage } from "./usage.ts";

export interface MeasureOptions {
  readonly concurrency: number;
  readonly seconds: number;
  readonly rounds: number;
}

/** Latencies in milliseconds, CPU times in milliseconds per operation. */
export interface RoundResult {
  readonly operations: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly gatewayCpuMs: number;
  readonly databaseCpuMs: number;
  readonly clientCpuMs: number;
  readonly transactions: number;
  /** What the workload told of the round. Seconds. */
  readonly times: Readonly<Record<string, number>>;
}

export interface ScenarioResult {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  /** Each figure's median over the rounds. */
  readonly median: RoundResult;
  readonly rounds: readonly RoundResult[];
  /** SQL statements per operation, without those that begin and end a transaction. */
  readonly statements: number;
  /** Per operation. */
  readonly topStatements: readonly StatementCount[];
  /** Of the gateway, over the whole scenario. */
  readonly memory: Memory;
  readonly failures: readonly string[];
}

/** Long enough for a count that background work does not blur, short enough not to be waited for. */
const COUNTING_SECONDS = 2;
const TOP_STATEMENTS = 25;

export async function measureScenario(
  world: World,
  scenario: Scenario,
  options: MeasureOptions,
  progress: (text: string) => void,
): Promise<ScenarioResult> {
  progress(`${scenario.title}: preparing`);
  await resetPeakMemory(world.gateway.pid);
  const workload = await scenario.prepare(world);
  try {
    progress(`${scenario.title}: warming up`);
    const warmUp = new Load(options);
    await workload.warmUp(warmUp);
    await workload.settle?.();
    const failures = [...warmUp.record().failures];

    const rounds: RoundResult[] = [];
    for (let number = 1; number <= options.rounds; number++) {
      const load = new Load(options);
      const round = await measureRound(world, workload, load);
      rounds.push(round);
      failures.push(...load.record().failures);
      progress(`${scenario.title}: round ${number} of ${options.rounds}: ${round.perSecond.toFixed(1)}/s`);
    }
    const { statements, topStatements } = await countStatements(world, workload, options);
    return {
      name: scenario.name,
      title: scenario.title,
      unit: scenario.unit,
      median: medianRound(rounds),
      rounds,
      statements,
      topStatements,
      memory: await processMemory(world.gateway.pid),
      failures,
    };
  } finally {
    await workload.close?.();
  }
}

async function measureRound(world: World, workload: Workload, load: Load): Promise<RoundResult> {
  const endUsage = await startUsage(world);
  const start = performance.now();
  const times = await workload.round(load);
  const seconds = (performance.now() - start) / 1000;
  await workload.settle?.();
  const usage = await endUsage();

  const { latencies } = load.record();
  const operations = latencies.length;
  const each = (total: number) => (operations === 0 ? 0 : total / operations);
  return {
    operations,
    perSecond: operations / seconds,
    p50: percentile(latencies, 50),
    p95: percentile(latencies, 95),
    p99: percentile(latencies, 99),
    gatewayCpuMs: each(usage.gatewayCpuMs),
    databaseCpuMs: each(usage.databaseCpuMs),
    clientCpuMs: each(usage.clientCpuMs),
    transactions: each(usage.transactions),
    times,
  };
}

/** In a pass of its own, because counting costs PostgreSQL time. */
async function countStatements(world: World, workload: Workload, { concurrency }: MeasureOptions) {
  const load = new Load({ concurrency, seconds: COUNTING_SECONDS });
  const counts = await world.database.countStatements(async () => {
    await workload.round(load);
    await workload.settle?.();
  });
  const operations = Math.max(1, load.record().latencies.length);
  const perOperation = counts.map(({ statement, calls, milliseconds }) => ({
    statement,
    calls: calls / operations,
    milliseconds: milliseconds / operations,
  }));
  return {
    statements: perOperation.reduce((total, { calls }) => total + calls, 0),
    topStatements: perOperation.slice(0, TOP_STATEMENTS),
  };
}

function medianRound(rounds: readonly RoundResult[]): RoundResult {
  const of = (figure: (round: RoundResult) => number) => median(rounds.map(figure));
  const names = Object.keys(rounds[0]?.times ?? {});
  return {
    operations: of((round) => round.operations),
    perSecond: of((round) => round.perSecond),
    p50: of((round) => round.p50),
    p95: of((round) => round.p95),
    p99: of((round) => round.p99),
    gatewayCpuMs: of((round) => round.gatewayCpuMs),
    databaseCpuMs: of((round) => round.databaseCpuMs),
    clientCpuMs: of((round) => round.clientCpuMs),
    transactions: of((round) => round.transactions),
    times: Object.fromEntries(names.map((name) => [name, of((round) => round.times[name] ?? 0)])),
  };
}
