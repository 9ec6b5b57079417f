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
  readonly create: (services: Services) => () => Promise<void>;
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
  const run = create(services);
  const stopping = new AbortController();
  const { signal } = stopping;
  let failing = false;
  const once = async () => {
    try {
      await run();
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
    stop: () => {
      stopping.abort();
      return done;
    },
  };
}
