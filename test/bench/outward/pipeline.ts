import { setTimeout as sleep } from "node:timers/promises";
import { openDatabase } from "@sallyport/database";
import { startReceiver } from "@sallyport/webhooks/testing";
import { type Latency, latencyOf } from "../measure/latency.ts";
import { startUsage } from "../measure/usage.ts";
import { countOf } from "../world/postgres.ts";
import type { World } from "../world/world.ts";
import { addOrganizations, createWriters } from "./writers.ts";

/** An event's whole way, with writers going on. */
export interface Pipeline {
  readonly events: number;
  readonly recordedPerSecond: number;
  /** By a reader of the events API that waits, up to the last event. */
  readonly readPerSecond: number;
  /** From an event's transaction until that reader has it. Milliseconds. */
  readonly read: Latency;
  readonly deliveries: number;
  /** After the last event was recorded. Seconds. */
  readonly deliveredAfter: number;
  readonly sealedAfter: number;
  /** Of the gateway, and of PostgreSQL with the recording. Microseconds an event. */
  readonly nodeCpuUs: number;
  readonly databaseCpuUs: number;
}

const A_SECOND = 2_500;
const STEPS_A_SECOND = 20;
const ORGANIZATIONS = 100;
const WITH_ENDPOINT = 10;
const POLL_MS = 20;

/**
 * Records 2,500 events a second of 100 organizations, while the gateway numbers and seals them, tells ten endpoints of a
 * third of theirs, and answers one reader of all.
 */
export async function measurePipeline(world: World, seconds: number): Promise<Pipeline> {
  const { postgres, management, sallyport } = world;
  const database = openDatabase({ url: postgres.url, poolSize: 8 });
  const receiver = await startReceiver();
  const reader = await follow(world);
  try {
    const organizations = await addOrganizations(database, ORGANIZATIONS);
    for (const id of organizations.slice(0, WITH_ENDPOINT)) {
      await management.addWebhookEndpoint(id, receiver.url, ["membership.*"]);
    }
    const writers = createWriters(database, organizations);
    const until = async (query: string) => {
      while (countOf(await postgres.query(query)) > 0) {
        await sleep(POLL_MS);
      }
    };
    await until(UNREAD);
    reader.begin();
    const endUsage = await startUsage(sallyport);
    const start = performance.now();
    const events = A_SECOND * seconds;
    for (let step = 0; step < seconds * STEPS_A_SECOND; step++) {
      await sleep(Math.max(0, start + (step * 1_000) / STEPS_A_SECOND - performance.now()));
      await writers.write(A_SECOND / STEPS_A_SECOND);
    }
    const recorded = performance.now();
    const since = () => (performance.now() - recorded) / 1_000;
    const [lastRead, deliveredAfter, sealedAfter] = await Promise.all([
      reader.has(events),
      until(UNREAD)
        .then(() => until(UNDELIVERED))
        .then(since),
      until(UNSEALED).then(since),
    ]);
    const usage = await endUsage();
    return {
      events,
      recordedPerSecond: (events * 1_000) / (recorded - start),
      readPerSecond: (events * 1_000) / (lastRead - start),
      read: latencyOf(reader.latencies),
      deliveries: receiver.received.length,
      deliveredAfter,
      sealedAfter,
      nodeCpuUs: (usage.nodeCpuMs * 1_000) / events,
      databaseCpuUs: (usage.databaseCpuMs * 1_000) / events,
    };
  } finally {
    await reader.end();
    await receiver.close();
    await database.close();
  }
}

// Of what was recorded, also what the outbox has not numbered yet.
const UNREAD = `
  select (exists (select from events where serial > 0 and not exists (select from outbox where event_id = events.id))
    or (select position from outbox_state) > (select position from outbox_consumers where name = 'webhooks'))::int as count`;
const UNDELIVERED = "select count(*) as count from webhook_deliveries where status = 'pending'";
const UNSEALED = `
  select (exists (select from events where serial > 0 and not exists (select from outbox where event_id = events.id))
    or exists (select from outbox_sequences s left join audit_trails t using (organization_id)
               where s.last > coalesce(t.last_sequence, 0)))::int as count`;

/** Reads all events, waiting for the next. */
async function follow({ management }: World) {
  let [cursor, more]: [string | undefined, boolean] = [undefined, true];
  const read = async () => {
    const page = await management.readEvents(cursor);
    [cursor, more] = [page.nextCursor, page.more];
    return page.items;
  };
  while (more) {
    await read();
  }
  const latencies: number[] = [];
  let [begun, over, last] = [false, false, 0];
  const following = (async () => {
    while (!over) {
      const items = await read();
      last = performance.now();
      const now = Date.now();
      if (begun) {
        latencies.push(...items.map(({ occurredAt }) => now - Date.parse(occurredAt)));
      }
    }
  })();
  return {
    latencies,
    begin: () => {
      begun = true;
    },
    /** Resolves, once it has so many, to when it had the last. */
    has: async (events: number) => {
      while (latencies.length < events) {
        await Promise.race([sleep(POLL_MS), following]);
      }
      return last;
    },
    end: () => {
      over = true;
      return following;
    },
  };
}
