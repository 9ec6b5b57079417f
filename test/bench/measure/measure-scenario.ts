import type { Scenario, Workload } from "../scenario.ts";
import type { StatementCount } from "../world/postgres.ts";
import type { World } from "../world/world.ts";
import { Load } from "./load.ts";
import { type Memory, pauseProcess, processMemory, resetPeakMemory } from "./processes.ts";
import { measureRound, medianRound, type RoundResult } from "./round.ts";

export interface MeasureOptions {
  readonly concurrency: number;
  readonly seconds: number;
  /** Of a round that lasts for `seconds`: it ends sooner, after so many. */
  readonly operations?: number;
  readonly rounds: number;
  readonly peers: boolean;
}

export interface ScenarioResult {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly sallyport: SideResult;
  readonly peer?: { readonly name: string; readonly target: number } & SideResult;
}

/** What one of those who play a scenario did. */
export interface SideResult {
  /** Each figure's median over the rounds. */
  readonly median: RoundResult;
  readonly rounds: readonly RoundResult[];
  /** SQL statements per operation, without those that begin and end a transaction. */
  readonly statements: number;
  /** Per operation. */
  readonly topStatements: readonly StatementCount[];
  /** Whether it ran in a process of its own, and not in this one. */
  readonly isServer: boolean;
  /** Of the process, over the whole scenario. */
  readonly memory: Memory;
  readonly failures: readonly string[];
}

/** Long enough for a count that background work does not blur, short enough not to be waited for. */
const COUNTING_SECONDS = 2;
const TOP_STATEMENTS = 25;

/** Ours and, where there is one, the peer: each set up, then round by round in turn, so that both meet the same noise. */
export async function measureScenario(
  world: World,
  scenario: Scenario,
  options: MeasureOptions,
  progress: (text: string) => void,
): Promise<ScenarioResult> {
  const { name, title, unit } = scenario;
  const peer = options.peers ? scenario.peer : undefined;
  const rules = { ...options, concurrency: scenario.concurrency ?? options.concurrency };
  const told = (who: string) => (text: string) => progress(`${title}${who}: ${text}`);
  const ours = await openSide(() => scenario.prepare(world), rules, told(""));
  const theirs = peer && (await openSide(() => peer.prepare(world), rules, told(`, ${peer.name}`)));
  try {
    for (let number = 1; number <= options.rounds; number++) {
      await alone(ours, theirs === undefined ? [] : [theirs]);
      if (theirs !== undefined) {
        await alone(theirs, [ours]);
      }
    }
    return {
      name,
      title,
      unit,
      sallyport: await ours.result(),
      ...(peer && theirs && { peer: { name: peer.name, target: peer.target, ...(await theirs.result()) } }),
    };
  } finally {
    await ours.close();
    await theirs?.close();
  }
}

/** Who plays a scenario. */
export interface Side {
  readonly pid: number;
  round(): Promise<RoundResult>;
  result(): Promise<SideResult>;
  close(): Promise<void>;
}

/** Set up and warmed up. */
export async function openSide(
  prepare: () => Promise<Workload>,
  options: MeasureOptions,
  progress: (text: string) => void,
): Promise<Side> {
  progress("preparing");
  const workload = await prepare();
  const { pid } = workload.measured;
  const failures: string[] = [];
  const rounds: RoundResult[] = [];
  await resetPeakMemory(pid);
  const unmeasured = async (part: Workload["warmUp"]) => {
    const load = new Load(options);
    await part(load);
    await workload.settle?.();
    failures.push(...load.record().failures);
  };
  progress("warming up");
  await unmeasured((load) => workload.warmUp(load));
  return {
    pid,
    async round() {
      await unmeasured(async (load) => workload.stage?.(load));
      const load = new Load(options);
      const round = await measureRound(workload, load);
      rounds.push(round);
      failures.push(...load.record().failures);
      progress(`round ${rounds.length}: ${round.perSecond.toFixed(1)}/s`);
      return round;
    },
    async result() {
      const memory = await processMemory(pid);
      await unmeasured(async (load) => workload.stage?.(load));
      const counts = await countStatements(workload, options.concurrency);
      return {
        median: medianRound(rounds),
        rounds,
        ...counts,
        isServer: pid !== process.pid,
        memory,
        failures,
      };
    },
    close: async () => workload.close?.(),
  };
}

/** Runs one side's round while the others' processes stand still: what they do when idle costs PostgreSQL time, too. */
export async function alone(side: Side, others: readonly Side[]): Promise<RoundResult> {
  const resumes = others.filter(({ pid }) => pid !== side.pid).map(({ pid }) => pauseProcess(pid));
  try {
    return await side.round();
  } finally {
    for (const resume of resumes) {
      resume();
    }
  }
}

/** In a pass of its own, because counting costs PostgreSQL time. */
async function countStatements(workload: Workload, concurrency: number) {
  const { database } = workload.measured;
  if (database === undefined) {
    return { statements: 0, topStatements: [] };
  }
  const load = new Load({ concurrency, seconds: COUNTING_SECONDS });
  const counts = await database.countStatements(async () => {
    await (workload.sample?.(load) ?? workload.round(load));
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
