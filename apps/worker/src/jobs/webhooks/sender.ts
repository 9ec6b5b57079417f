import type { Database } from "@sallyport/database";
import { createLanes, type LanesOptions } from "@sallyport/delivery";
import type { Logger } from "@sallyport/logging";
import { outageOf, reportOutage } from "@sallyport/outage";
import type { Outbound } from "@sallyport/outbound";
import type { SecretBox } from "@sallyport/secrets";
import {
  dueEndpoints,
  type FinishedAttempt,
  finishAttempts,
  type TakenDelivery,
  takeDeliveries,
} from "@sallyport/webhooks";
import type { LastingLook } from "../../loop.ts";
import { createUnderWay } from "../../under-way.ts";
import { attempt } from "./attempt.ts";

export interface SenderDeps {
  readonly database: Database;
  readonly secrets: SecretBox;
  readonly outbound: Outbound;
  readonly log: Logger;
  readonly now: () => Date;
}

/** Of one process. An attempt holds a place for 15 seconds at most. */
const PLACES: LanesOptions = { places: 64, slowPlaces: 16, first: 2, most: 16 };
/** A receiver that takes longer has one request at a time. */
const QUICK_MS = 2_000;
/** Longer than an attempt and its writing down: what a process that died was sending is sent again after it. */
const LEASE_MS = 60_000;
/** In one transaction. */
const MOST_FINISHED = 256;

/**
 * Sends what is due. A look takes as much as there are places for, and does not wait for the answers; each answer has
 * more taken. Any number of processes may do it at once.
 */
export function createSender(deps: SenderDeps): LastingLook {
  const { database, secrets, log, now } = deps;
  const lanes = createLanes(PLACES);
  const stopping = new AbortController();
  const underWay = createUnderWay();
  const finished: FinishedAttempt[] = [];

  async function take(): Promise<void> {
    while (!stopping.signal.aborted) {
      const at = now();
      const due = await dueEndpoints(database.sql, at);
      for (const { id } of due.filter(({ failing }) => failing)) {
        lanes.suspect(id);
      }
      const shares = lanes.share(due.map(({ id }) => id));
      if (shares.size === 0) {
        return;
      }
      const leaseUntil = new Date(at.getTime() + LEASE_MS);
      const taken = await takeDeliveries(database.sql, secrets, { shares, now: at, leaseUntil });
      for (const delivery of taken) {
        underWay.keep(make(delivery));
      }
      if (taken.length === 0) {
        return;
      }
    }
  }

  async function make(delivery: TakenDelivery): Promise<void> {
    lanes.begin(delivery.endpointId);
    const made = await attempt({ ...deps, signal: stopping.signal }, delivery);
    const { outcome, request } = made;
    lanes.end(delivery.endpointId, outcome === "delivered" && (request?.durationMs ?? 0) < QUICK_MS);
    finished.push(made);
    write();
  }

  /** What finishes while a transaction runs goes into the next one, together. */
  const write = oneAtATime(async () => {
    while (finished.length > 0) {
      const batch = finished.splice(0, MOST_FINISHED);
      for (const { endpointId, reason } of await finishAttempts(database, batch, now())) {
        log.warn({ endpointId, reason }, "A webhook endpoint was disabled");
      }
    }
    look();
  });

  const look = oneAtATime(take);

  /** Runs until it is done; asked for meanwhile, once more after that. */
  function oneAtATime(work: () => Promise<void>): () => void {
    let running = false;
    let again = false;
    const run = async () => {
      running = true;
      do {
        again = false;
        try {
          await work();
        } catch (error) {
          tell(error);
        }
      } while (again);
      running = false;
    };
    return () => {
      if (running) {
        again = true;
      } else {
        underWay.keep(run());
      }
    };
  }

  /** What was not written down is sent again when its lease ends; what was not taken, by the next look. */
  function tell(error: unknown): void {
    const outage = outageOf(error);
    if (outage !== undefined) {
      reportOutage(log, outage);
    } else {
      log.error({ err: error }, "Webhooks could not be sent; they are tried again");
    }
  }

  return {
    look: async () => look(),
    stop: async () => {
      stopping.abort();
      await underWay.finished();
    },
  };
}
