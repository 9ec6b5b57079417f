import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "@sallyport/logging";
import { outageOf, reportOutage } from "@sallyport/outage";

/**
 * What each process does by its own clock, without the queue: a look that is due so often that it costs less than a job
 * would. Any number of processes may do it at once.
 */
export interface Loop<Services> {
  readonly name: string;
  readonly everyMs: number;
  /** Makes what is then called each time. */
  readonly create: (services: Services) => (() => Promise<void>) | LastingLook;
}

/** A look that leaves something under way, which goes on beside the looks that follow. */
export interface LastingLook {
  readonly look: () => Promise<void>;
  /** Resolves when nothing is under way any more. Nothing looks by then. */
  readonly stop: () => Promise<void>;
}

/** A loop that runs until it is stopped. */
export interface RunningLoop {
  /** Resolves when what is under way has finished. */
  stop(): Promise<void>;
}

/** Of failures the first is logged, until it works again. */
export function startLoop<Services>(
  { name, everyMs, create }: Loop<Services>,
  services: Services,
  log: Logger,
): RunningLoop {
  const created = create(services);
  const { look, stop } =
    typeof created === "function" ? { look: created, stop: () => Promise.resolve() } : created;
  const stopping = new AbortController();
  const { signal } = stopping;
  let failing = false;
  const once = async () => {
    try {
      await look();
      failing = false;
    } catch (error) {
      const outage = outageOf(error);
      if (outage !== undefined) {
        return reportOutage(log, outage);
      }
      if (!failing) {
        log.error({ job: name, err: error }, "Job failed; it is tried again");
      }
      failing = true;
    }
  };
  const go = async () => {
    while (!signal.aborted) {
      await once();
      await sleep(everyMs, undefined, { signal }).catch(() => undefined);
    }
  };
  const done = go();
  return {
    stop: async () => {
      stopping.abort();
      await done;
      await stop();
    },
  };
}
