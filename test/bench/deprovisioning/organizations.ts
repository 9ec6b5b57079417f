import { type Latency, latencyOf } from "../measure/latency.ts";
import { Load } from "../measure/load.ts";
import type { BenchDirectory } from "../world/subject.ts";
import type { World } from "../world/world.ts";

/** Many organizations that push at the same time: so many creates together, however many there are. */
export interface OrganizationsAtOnce {
  readonly organizations: number;
  readonly pushes: number;
  readonly pushesPerSecond: number;
  readonly answered: Latency;
  /** From the last answer until all is in effect. */
  readonly settledAfterMs: number;
}

const PUSHES = 2_000;
const LANES = 32;

export async function measureOrganizations(
  { sallyport }: World,
  count: number,
): Promise<OrganizationsAtOnce> {
  const directories: BenchDirectory[] = [];
  const setUp = new Load({ concurrency: 8, seconds: 0 });
  await setUp.each(Array.from({ length: count }).keys(), async (index) => {
    directories[index] = await sallyport.addDirectory(`at-once-${count}-${index}`);
  });
  throwFirst(setUp);
  const waited: number[] = [];
  const load = new Load({ concurrency: LANES, seconds: 0 });
  const start = performance.now();
  await load.each(Array.from({ length: PUSHES }).keys(), async (index) => {
    const sent = performance.now();
    await directories[index % count]?.scim.createUser(`user-${index}@at-once-${count}.bench.test`);
    waited.push(performance.now() - sent);
  });
  const answered = performance.now();
  throwFirst(load);
  for (const { settle } of directories) {
    await settle();
  }
  return {
    ...{ organizations: count, pushes: PUSHES },
    pushesPerSecond: (PUSHES * 1000) / (answered - start),
    answered: latencyOf(waited),
    settledAfterMs: performance.now() - answered,
  };
}

function throwFirst(load: Load): void {
  const [failure] = load.record().failures;
  if (failure !== undefined) {
    throw new Error(failure);
  }
}
