import { redisIsInstalled, startTestRedis } from "@sallyport/queue/testing";
import type { BenchOptions } from "../command-line.ts";
import { openWorld, type World } from "../world/world.ts";
import { type Fairness, measureFairness } from "./fairness.ts";
import { measureOrganizations, type OrganizationsAtOnce } from "./organizations.ts";
import { measureRevocation, type Revocation } from "./revocation.ts";
import { measureThroughput, type Throughput } from "./throughput.ts";

/** What was found with the queue on one backend. */
export interface Deprovisioning {
  readonly backend: "PostgreSQL" | "Redis";
  readonly revocation: Revocation;
  readonly throughput: readonly Throughput[];
  readonly fairness: Fairness;
  readonly organizations: readonly OrganizationsAtOnce[];
}

/** How many of everything: a tenth is enough to see that it works. */
export interface Size {
  readonly sessions: number;
  readonly seconds: number;
  readonly reconciled: number;
  readonly marks: number;
  readonly organizations: readonly number[];
}

const WHOLE = { sessions: 10_000, reconciled: 20_000, marks: 100_000, organizations: [1, 10, 100, 1_000] };
const TENTH = { sessions: 1_000, reconciled: 2_000, marks: 10_000, organizations: [1, 10, 100] };

/** Measures how soon access ends, and what others notice of it, with the queue on PostgreSQL and on Redis. */
export async function measureDeprovisioning(
  world: World,
  options: BenchOptions,
  progress: (text: string) => void,
): Promise<Deprovisioning[]> {
  const size = { ...(options.small ? TENTH : WHOLE), seconds: options.seconds };
  const found = [await measureBackend(world, "PostgreSQL", size, progress)];
  if (!redisIsInstalled()) {
    progress("Without the queue on Redis: there is no redis-server on the PATH");
    return found;
  }
  const redis = await startTestRedis();
  try {
    const other = await openWorld({ cpuProfileFolder: undefined, redisUrl: redis.url });
    try {
      found.push(await measureBackend(other, "Redis", size, progress));
    } finally {
      await other.close();
    }
  } finally {
    await redis.stop();
  }
  return found;
}

async function measureBackend(
  world: World,
  backend: Deprovisioning["backend"],
  size: Size,
  progress: (text: string) => void,
): Promise<Deprovisioning> {
  const tell = (what: string) => progress(`${what} (queue on ${backend})`);
  tell("Revocation at 100 pushes/s");
  const revocation = await measureRevocation(world, size);
  tell("Reconcile throughput");
  const throughput = await measureThroughput(world, size);
  tell("Fairness");
  const fairness = await measureFairness(world, size);
  const organizations: OrganizationsAtOnce[] = [];
  for (const count of size.organizations) {
    tell(`${count} organizations at once`);
    organizations.push(await measureOrganizations(world, count));
  }
  return { backend, revocation, throughput, fairness, organizations };
}
