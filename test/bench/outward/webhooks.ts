import { setTimeout as sleep } from "node:timers/promises";
import { newId, openDatabase } from "@sallyport/database";
import { type Event, recordEvents } from "@sallyport/events";
import { type Receiver, startReceiver } from "@sallyport/webhooks/testing";
import { z } from "zod";
import { type Latency, latencyOf } from "../measure/latency.ts";
import { Load } from "../measure/load.ts";
import type { World } from "../world/world.ts";
import { addOrganizations } from "./writers.ts";

export interface Webhooks {
  readonly endpoints: number;
  readonly hanging: number;
  /** From a delivery's row to its receipt, by those that answer. Milliseconds. */
  readonly told: readonly { readonly what: string; readonly latency: Latency }[];
  readonly backlog: number;
  readonly perSecond: number;
}

export interface WebhooksSize {
  readonly organizations: number;
  readonly seconds: number;
  /** Events, of ten deliveries each. */
  readonly backlog: number;
}

const ENDPOINTS_EACH = 10;
const HANGING = 10;
const EVENTS_A_SECOND = 20;
const STEPS_A_SECOND = 10;
const POLL_MS = 20;

/**
 * Ten endpoints of each organization are told of 20 events a second, together 200 deliveries a second: while all of them
 * answer, while ten hang. Then how fast a backlog is sent. The receivers are in this process.
 */
export async function measureWebhooks(world: World, size: WebhooksSize): Promise<Webhooks> {
  const { postgres, management } = world;
  const database = openDatabase({ url: postgres.url, poolSize: 2 });
  const receiver = await startReceiver();
  const hanging = await Promise.all(Array.from({ length: HANGING }, () => startReceiver()));
  try {
    const organizations = await addOrganizations(database, size.organizations);
    const endpoints: string[] = [];
    const setUp = new Load({ concurrency: 4, seconds: 0 });
    await setUp.each(Array(size.organizations * ENDPOINTS_EACH).keys(), async (index) => {
      const organization = organizations[Math.floor(index / ENDPOINTS_EACH)] ?? "";
      const url = `${receiver.url}/${index % ENDPOINTS_EACH}`;
      endpoints[index] = (await management.addWebhookEndpoint(organization, url, ["domain.*"])).id;
    });
    throwFirst(setUp);
    const record = (count: number) =>
      recordEvents(
        database.sql,
        Array.from({ length: count }, (_, index) =>
          eventOf(organizations[index % organizations.length] ?? ""),
        ),
      );
    const steady = async (what: string) => {
      const from = receiver.received.length;
      const start = performance.now();
      for (let step = 0; step < size.seconds * STEPS_A_SECOND; step++) {
        await sleep(Math.max(0, start + (step * 1_000) / STEPS_A_SECOND - performance.now()));
        await record(EVENTS_A_SECOND / STEPS_A_SECOND);
      }
      await quiet(receiver);
      return { what, latency: latencyOf(await latencies(world, receiver, from)) };
    };
    const told = [await steady("all answer, just started"), await steady("all answer")];
    // Of each of ten organizations, one.
    for (const [index, { url }] of hanging.entries()) {
      hang(hanging[index]);
      await management.moveWebhookEndpoint(endpoints[index * ENDPOINTS_EACH] ?? "", url);
    }
    told.push(await steady("ten hang, just started"), await steady("ten hang"));

    const from = receiver.received.length;
    await record(size.backlog);
    const backlog = size.backlog * ENDPOINTS_EACH - ofHanging(size);
    while (receiver.received.length - from < backlog) {
      await sleep(POLL_MS);
    }
    const [first, last] = [receiver.received.at(from)?.at ?? 0, receiver.received.at(-1)?.at ?? 0];
    return {
      endpoints: endpoints.length,
      hanging: HANGING,
      told,
      backlog,
      perSecond: (backlog * 1_000) / (last - first),
    };
  } finally {
    await receiver.close();
    await Promise.all(hanging.map((each) => each.close()));
    await database.close();
  }
}

function hang(receiver: Receiver | undefined): void {
  if (receiver !== undefined) {
    receiver.answer = "hang";
  }
}

/** How many of a backlog's deliveries are to endpoints that hang. */
function ofHanging({ organizations, backlog }: WebhooksSize): number {
  return Array.from({ length: backlog }, (_, index) => index % organizations).filter((n) => n < HANGING)
    .length;
}

/** Resolves when nothing has come for two seconds. */
async function quiet({ received }: Receiver): Promise<void> {
  while (Date.now() - (received.at(-1)?.at ?? 0) < 2_000) {
    await sleep(POLL_MS);
  }
}

const rowsOfDeliveries = z.array(z.object({ id: z.string(), created_at: z.date() }));

/** Of what was received since. */
async function latencies({ postgres }: World, { received }: Receiver, from: number): Promise<number[]> {
  const since = received.slice(from).map(({ at, headers }) => ({ at, id: headers["webhook-id"] ?? "" }));
  const rows = rowsOfDeliveries.parse(
    await postgres.query("select id, created_at from webhook_deliveries where id = any($1::uuid[])", [
      since.map(({ id }) => id),
    ]),
  );
  const made = new Map(rows.map(({ id, created_at }) => [id, created_at.getTime()]));
  return since.map(({ at, id }) => at - (made.get(id) ?? at));
}

function eventOf(organizationId: string): Event {
  const id = newId();
  return {
    organizationId,
    type: "domain.created",
    actor: { type: "system" },
    resource: { type: "domain", id },
    after: { name: id },
  };
}

function throwFirst(load: Load): void {
  const [failure] = load.record().failures;
  if (failure !== undefined) {
    throw new Error(failure);
  }
}
