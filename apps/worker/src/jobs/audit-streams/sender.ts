import { dueStreams, type TakenStream, takeStreams } from "@sallyport/audit-streams";
import type { Clickhouse } from "@sallyport/clickhouse";
import type { Database } from "@sallyport/database";
import { createLanes, type LanesOptions } from "@sallyport/delivery";
import type { Logger } from "@sallyport/logging";
import { outageOf, reportOutage } from "@sallyport/outage";
import type { Outbound } from "@sallyport/outbound";
import type { SecretBox } from "@sallyport/secrets";
import type { LastingLook } from "../../loop.ts";
import { createUnderWay } from "../../under-way.ts";
import { ClickhouseTable } from "./clickhouse.ts";
import { collectorOf } from "./collector.ts";
import { deliver } from "./deliver.ts";
import { type Receiver, TIMEOUT_MS } from "./receiver.ts";

export interface SenderDeps {
  readonly database: Database;
  readonly secrets: SecretBox;
  readonly outbound: Outbound;
  /** Without it, the stream to ClickHouse is left to processes that know where it is. */
  readonly clickhouse?: Clickhouse;
  readonly log: Logger;
  readonly now: () => Date;
}

/** Of one process: a batch of each stream at a time, so that its order holds; those that hang share a few places. */
const PLACES: LanesOptions = { places: 64, slowPlaces: 16, first: 1, most: 1 };
const QUICK_MS = 5_000;
/** Longer than a request and what is written down of it: then another process sends the same again. */
const LEASE_MS = 2 * TIMEOUT_MS;

/** Sends for the streams that have something. A stream goes on at once while there is more, in turn with the others. */
export function createSender(deps: SenderDeps): LastingLook {
  const { database, secrets, log, now } = deps;
  const lanes = createLanes(PLACES);
  const stopping = new AbortController();
  const underWay = createUnderWay();
  const { signal } = stopping;
  const table = deps.clickhouse && new ClickhouseTable(deps.clickhouse);

  async function take(): Promise<void> {
    const at = now();
    const due = (await dueStreams(database.sql, at)).filter(
      ({ type }) => type !== "clickhouse" || table !== undefined,
    );
    for (const { id } of due.filter(({ failing }) => failing)) {
      lanes.suspect(id);
    }
    const ids = [...lanes.share(due.map(({ id }) => id)).keys()];
    if (ids.length === 0 || signal.aborted) {
      return;
    }
    const leasedUntil = new Date(at.getTime() + LEASE_MS);
    for (const stream of await takeStreams(database.sql, secrets, { ids, now: at, leasedUntil })) {
      underWay.keep(turn(stream).catch(tell));
    }
  }

  async function turn(stream: TakenStream): Promise<void> {
    lanes.begin(stream.id);
    const began = performance.now();
    let delivered = false;
    try {
      delivered = (await deliver(deps, stream, receiverOf(stream))) === "delivered";
    } finally {
      lanes.end(stream.id, delivered && performance.now() - began < QUICK_MS);
    }
    if (delivered && !signal.aborted) {
      await take();
    }
  }

  function receiverOf(stream: TakenStream): Receiver {
    const { destination } = stream;
    if (destination.type !== "clickhouse") {
      return collectorOf(stream, destination, { ...deps, signal });
    }
    if (table === undefined) {
      throw new Error("A stream to ClickHouse was taken by a process that has none");
    }
    return table.receiverOf(stream, { ...deps, signal });
  }

  /** What was not written down is sent again when its lease ends. */
  function tell(error: unknown): void {
    const outage = outageOf(error);
    if (outage !== undefined) {
      reportOutage(log, outage);
    } else {
      log.error({ err: error }, "A batch of an audit stream failed; it is sent again");
    }
  }

  return {
    look: take,
    stop: async () => {
      stopping.abort();
      await underWay.finished();
    },
  };
}
