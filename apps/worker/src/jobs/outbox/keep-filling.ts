import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "@sallyport/database";
import { fillOutbox } from "@sallyport/events";
import type { Logger } from "@sallyport/logging";
import { outageOf, reportOutage } from "@sallyport/outage";

/** Work that goes on until it is stopped. */
export interface Ongoing {
  /** Resolves when what is under way has finished. */
  stop(): Promise<void>;
}

/**
 * Puts what has committed into the outbox, by the clock and not by jobs: the look costs less than a job would, and no
 * sign-in has to ask for one. Any number of processes may do it. Of failures the first is logged, until it works again.
 */
export function keepFillingOutbox(database: Database, log: Logger, everyMs: number): Ongoing {
  const stopping = new AbortController();
  const { signal } = stopping;
  let failing = false;
  const fill = async () => {
    try {
      await fillOutbox(database);
      failing = false;
    } catch (error) {
      const outage = outageOf(error);
      if (outage !== undefined) return reportOutage(log, outage);
      if (!failing) log.error({ err: error }, "The outbox could not be filled; it is tried again");
      failing = true;
    }
  };
  const run = async () => {
    while (!signal.aborted) {
      await fill();
      await sleep(everyMs, undefined, { signal }).catch(() => undefined);
    }
  };
  const done = run();
  return {
    stop: () => {
      stopping.abort();
      return done;
    },
  };
}
