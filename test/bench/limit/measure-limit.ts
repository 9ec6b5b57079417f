import { setTimeout as sleep } from "node:timers/promises";
import { expectStatus } from "@sallyport/testing-browser";
import { Load } from "../measure/load.ts";
import type { MeasureOptions } from "../measure/measure-scenario.ts";
import { pauseProcess } from "../measure/processes.ts";
import { measureRound, medianRound, type RoundResult } from "../measure/round.ts";
import type { Scenario, Workload } from "../scenario.ts";
import { scimActive } from "../scenarios/scim-active.ts";
import { scimCreate } from "../scenarios/scim-create.ts";
import { scimLookUp } from "../scenarios/scim-look-up.ts";
import { scimMember } from "../scenarios/scim-member.ts";
import type { World } from "../world/world.ts";
import { findReplayer, type Replayer } from "./replay.ts";
import { traceOf } from "./trace.ts";

const SCENARIOS: readonly Scenario[] = [scimCreate, scimLookUp, scimActive, scimMember];
/** Statements are logged for so long; each is one line of a script. */
const LOGGED_SECONDS = 2;
const RECONNECT_MS = 1_000;

export interface Limit {
  readonly replayer: string;
  readonly scenarios: readonly LimitResult[];
}

/** Rates in operations per second, CPU times in milliseconds per operation. */
export interface LimitResult {
  readonly title: string;
  readonly gateway: RoundResult;
  readonly statements: number;
  readonly replayedPerSecond: number;
  readonly replayedDatabaseCpuMs: number;
}

/**
 * How near the gateway is to what PostgreSQL can do at all: logs the SQL of a scenario, every value in it, and has it run
 * again on a copy of the database as it was before, by a client that does nothing else.
 */
export async function measureLimit(
  world: World,
  options: MeasureOptions,
  progress: (text: string) => void,
): Promise<Limit> {
  const replayer = await findReplayer();
  const scenarios: LimitResult[] = [];
  for (const scenario of SCENARIOS) {
    progress(`${scenario.title}: preparing`);
    const workload = await scenario.prepare(world);
    await unmeasured(workload, options, (load) => workload.warmUp(load));
    const rounds: RoundResult[] = [];
    for (let number = 1; number <= options.rounds; number++) {
      rounds.push(await measureRound(workload, new Load(options)));
    }
    progress(`${scenario.title}: replaying`);
    const replayed = await replay(world, workload, options, replayer, `limit_${scenarios.length}`);
    scenarios.push({ title: scenario.title, gateway: medianRound(rounds), ...replayed });
    await workload.close?.();
  }
  return { replayer: replayer.name, scenarios };
}

async function replay(
  { postgres, gateway, http, folder }: World,
  workload: Workload,
  { concurrency }: MeasureOptions,
  replayer: Replayer,
  name: string,
): Promise<Pick<LimitResult, "statements" | "replayedPerSecond" | "replayedDatabaseCpuMs">> {
  const resume = pauseProcess(gateway.pid);
  const databaseUrl = await postgres.copy(name).finally(resume);
  // The gateway finds its connections gone, as after a restart of PostgreSQL, and makes others.
  await sleep(RECONNECT_MS);
  expectStatus(await http.send(`${gateway.url}/readyz`, { method: "GET" }), 200, "/readyz");

  const load = new Load({ concurrency, seconds: LOGGED_SECONDS });
  const log = await postgres.logStatements(async () => {
    await workload.round(load);
    await workload.settle?.();
  });
  const { latencies, failures } = load.record();
  if (failures[0] !== undefined) {
    throw new Error(`an operation that was to be logged failed: ${failures[0]}`);
  }
  const operations = latencies.length;
  const stopped = pauseProcess(gateway.pid);
  try {
    const copy = postgres.watch(databaseUrl);
    const before = await copy.cpuMs();
    const { statements, scripts } = traceOf(log, concurrency);
    const seconds = await replayer.run(databaseUrl, scripts, folder);
    return {
      statements: statements / operations,
      replayedPerSecond: operations / seconds,
      replayedDatabaseCpuMs: ((await copy.cpuMs()) - before) / operations,
    };
  } finally {
    stopped();
  }
}

async function unmeasured(
  workload: Workload,
  options: { readonly concurrency: number; readonly seconds: number },
  part: (load: Load) => Promise<void>,
): Promise<void> {
  await part(new Load(options));
  await workload.settle?.();
}
