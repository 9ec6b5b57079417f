import { sealTrails } from "@sallyport/audit-trail";
import { type Database, migrate, openDatabase } from "@sallyport/database";
import { fillOutbox, readEventFeed } from "@sallyport/events";
import { createSecretBox, newEncryptionKey } from "@sallyport/secrets";
import { fanOut } from "@sallyport/webhooks";
import { insertEndpoint } from "@sallyport/webhooks/testing";
import { pauseProcess } from "../measure/processes.ts";
import type { WatchedDatabase } from "../world/postgres.ts";
import type { World } from "../world/world.ts";
import { addOrganizations, createWriters } from "./writers.ts";

/** One stage of an event's way, by itself. CPU times in microseconds an event. */
export interface Stage {
  readonly name: string;
  readonly events: number;
  readonly perSecond: number;
  readonly nodeCpuUs: number;
  readonly databaseCpuUs: number;
}

/** Of the busiest time: the outbox is filled each second, the trail sealed each ten. */
const A_SECOND = 2_000;
const SEALED_EVERY = 10;
const ORGANIZATIONS = 100;
const PAGE = 500;

/**
 * What happens to an event, stage by stage, each with the machine for itself: recorded by eight writers, numbered each
 * second, read in pages, made a delivery of each, sealed. In this process, on a database of its own.
 * @param tens for how many times ten seconds events come
 */
export async function measureStages({ postgres, gateway }: World, tens: number): Promise<Stage[]> {
  const url = await postgres.create("stages");
  await migrate(url);
  const database = openDatabase({ url, poolSize: 8 });
  const resume = pauseProcess(gateway.pid);
  try {
    return await stagesOf(database, postgres.watch(url), tens * SEALED_EVERY);
  } finally {
    resume();
    await database.close();
  }
}

async function stagesOf(database: Database, watched: WatchedDatabase, seconds: number): Promise<Stage[]> {
  const { sql } = database;
  const secrets = createSecretBox([newEncryptionKey()]);
  const organizations = await addOrganizations(database, ORGANIZATIONS);
  for (const organizationId of organizations) {
    // Nobody is there: what is measured is up to where it would be sent.
    await insertEndpoint(database, secrets, { url: "https://receiver.bench.test/", organizationId });
  }
  const writers = createWriters(database, organizations);
  const sums = new Map<string, { events: number; ms: number; node: number; postgres: number }>();
  const stage = async (name: string, events: number, work: () => Promise<unknown>) => {
    const postgresBefore = await watched.cpuMs();
    const own = process.cpuUsage();
    const start = performance.now();
    await work();
    const ms = performance.now() - start;
    const { user, system } = process.cpuUsage(own);
    const postgres = (await watched.cpuMs()) - postgresBefore;
    const sum = sums.get(name) ?? { events: 0, ms: 0, node: 0, postgres: 0 };
    sums.set(name, {
      events: sum.events + events,
      ms: sum.ms + ms,
      node: sum.node + (user + system) / 1_000,
      postgres: sum.postgres + postgres,
    });
  };
  const seal = () =>
    sealTrails({
      database,
      secrets,
      now: () => new Date(),
      onFailure: (_organizationId, error) => {
        throw error;
      },
    });
  const deliver = async () => {
    while (await fanOut(database, { now: new Date() })) {}
  };
  let after = 0;
  const read = async () => {
    for (let more = true; more; ) {
      const page = await readEventFeed(sql, "all", { after, limit: PAGE, keptSince: new Date(0) });
      after = page?.next ?? after;
      more = page?.more ?? false;
    }
  };
  for (let second = -1; second < seconds; second++) {
    if (second === 0) {
      sums.clear(); // The first was to warm up.
    }
    await stage("recorded, by 8 writers", A_SECOND, () => writers.write(A_SECOND));
    await stage("numbered (outbox)", A_SECOND, () => fillOutbox(database));
    await stage("read (events API)", A_SECOND, read);
    await stage("made deliveries of (webhooks)", A_SECOND, deliver);
    if (second < 0) {
      await seal();
    } else if (second % SEALED_EVERY === SEALED_EVERY - 1) {
      await stage("sealed (audit trail)", SEALED_EVERY * A_SECOND, seal);
    }
  }
  return [...sums].map(([name, { events, ms, node, postgres }]) => ({
    name,
    events,
    perSecond: (events * 1_000) / ms,
    nodeCpuUs: (node * 1_000) / events,
    databaseCpuUs: (postgres * 1_000) / events,
  }));
}
